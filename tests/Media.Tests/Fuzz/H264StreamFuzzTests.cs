using Media.Codecs;
using Media.Tests.Codecs;
using TestKit;

namespace Media.Tests.Fuzz;

public class H264StreamFuzzTests
{
    [Fact]
    public void Any_sequence_header_and_access_unit_is_survived()
    {
        var stream = new H264Stream();
        byte[] avcC = Samples.Hex(Samples.AvcConfiguration);
        byte[][] seeds =
        [
            avcC, Samples.AnnexBStream,
            .. Samples.AnnexBAccessUnits,
            Samples.LengthPrefixed(4, Samples.Hex(Samples.HighSps), Samples.Hex(Samples.HighPps), [0x65, 0x88, 0x84]),
        ];
        Fuzzer.Run(seeds, data =>
        {
            stream.TryConfigure(data);
            byte[] room = new byte[stream.MaxNormalizedLength(data)];
            if (stream.TryNormalize(data, room, out int length, out _, out _)) CheckCanonical(room.AsSpan(0, length));
            byte[] other = new byte[H264Stream.MaxNormalizedLengthAnnexB(data)];
            if (stream.TryNormalizeAnnexB(data, other, out length, out _, out _)) CheckCanonical(other.AsSpan(0, length));
            if (stream.TryNormalize(data, out length, out _, out _)) CheckCanonical(data.AsSpan(0, length));
        });
    }

    private static void CheckCanonical(ReadOnlySpan<byte> frame)
    {
        H264Frame.HasBidirectionalSlices(frame);
        int total = 0;
        var units = new LengthPrefixedNalUnits(frame);
        while (units.MoveNext())
        {
            Assert.True(NalUnit.BelongsInFrame(NalUnit.Type(units.Current[0])));
            total += 4 + units.Length;
        }

        Assert.False(units.IsMalformed);
        Assert.Equal(frame.Length, total);
    }
}
