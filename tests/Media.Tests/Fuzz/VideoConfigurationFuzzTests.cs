using Media.Buffers;
using Media.Codecs;
using Media.Containers;
using TestKit;

namespace Media.Tests.Fuzz;

public sealed class VideoConfigurationFuzzTests
{
    private static readonly byte[] s_video = Convert.FromHexString("40010C01FFFF016000000300900000030000030078959809");
    private static readonly byte[] s_sequence = Convert.FromHexString("420101016000000300900000030000030078A003C08010E596566924CAF0168080000003008000000C84");
    private static readonly byte[] s_picture = Convert.FromHexString("4401C172B46240");

    [Fact]
    public void Any_H265_record_set_and_access_unit_is_taken_or_refused()
    {
        byte[] record = [.. H265Configuration.Write([[.. s_video], [.. s_sequence], [.. s_picture]])];
        byte[] unit = [0, 0, 0, 42, .. s_sequence, 0, 0, 0, 4, 0x26, 0x01, 1, 2];
        Fuzzer.Run([s_sequence, record, unit], data =>
        {
            Assert.Equal(H265SequenceParameterSet.TryParse(data, out H265SequenceParameterSet? sps), sps is not null);
            var stream = new H265Stream();
            stream.TryConfigure(data);
            byte[] normalized = new byte[stream.MaxNormalizedLength(data)];
            if (stream.TryNormalize(data, normalized, out int length, out _)) Assert.InRange(length, 0, normalized.Length);
        });
    }

    [Fact]
    public void Any_AV1_record_and_temporal_unit_is_taken_or_refused()
    {
        var pool = new BufferPool();
        using var leaks = new LeakCheck(pool);
        byte[] record = Convert.FromHexString("81000C000A0B000000043CFFBCFBF90040");
        byte[] unit = [0x12, 0, 0x0a, 0x0b, 0, 0, 0, 4, 0x3c, 0xff, 0xbc, 0xfb, 0xf9, 0, 0x40, 0x32, 3, 1, 2, 3];
        Fuzzer.Run([record, unit], data =>
        {
            CanonicalForm form = CanonicalForm.For(Codec.Av1, data, 320, 240, 0, 0, pool)!;
            if (form.TryMake(pool.RentCopy(data), data.Length, true, out CanonicalSample sample)) sample.Buffer.Dispose();
        });
    }
}
