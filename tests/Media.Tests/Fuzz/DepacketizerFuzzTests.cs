using Media.Buffers;
using Media.Codecs;
using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Tests.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Fuzz;

public class DepacketizerFuzzTests
{
    private static readonly string[] s_h265 =
    [
        "6001" + "001840010C01FFFF01600000030090000003000003003C959809"
            + "002B42010101600000030090000003000003003CA00A080B9F796566924CAF016808000003000800000300C840" + "00074401C172B46240",
        "620193AF0102", "6201130304", "6201530506", "0201D007",
    ];

    private static IEnumerable<byte[]> Seeds(string[] packets) =>
        packets.Select(packet => Convert.FromHexString(packet)[RtpHeader.FixedLength..]).Append([0x78, 0, 2, 0x67, 1, 0, 1, 0x68]);

    // The last byte of the payload also decides over marker, new frame and hole.
    private static void Run(string[] packets, Func<BufferPool, IDepacketizer> make, Action<MediaFrame> check)
    {
        var pool = new BufferPool();
        using var leaks = new LeakCheck(pool);
        using IDepacketizer depacketizer = make(pool);
        long sequence = 0, timestamp = 0;
        Fuzzer.Run(Seeds(packets), data =>
        {
            int control = data.Length == 0 ? 0 : data[^1];
            if ((control & 2) != 0) timestamp += 3000;
            sequence += (control & 0x1c) == 0 ? 2 : 1;
            using PooledBuffer buffer = pool.RentCopy(data);
            var packet = new RtpPacket
            {
                Buffer = buffer,
                Offset = 0,
                Length = data.Length,
                SequenceNumber = sequence,
                Timestamp = timestamp,
                Marker = (control & 1) != 0,
            };
            if (!depacketizer.TryDepacketize(packet, out MediaFrame frame)) return;
            check(frame);
            frame.Release();
        });
    }

    [Fact]
    public void Any_h264_payload_is_survived() => Run(RtpSamples.H264Packets, pool => new H264Depacketizer(pool), frame =>
    {
        var units = new LengthPrefixedNalUnits(frame.Data);
        while (units.MoveNext()) Assert.InRange(NalUnit.Type(units.Current[0]), 1, 6);
        Assert.False(units.IsMalformed);
    });

    [Fact]
    public void Any_h265_payload_is_survived() => Run(
        [.. s_h265.Select(payload => new string('0', 2 * RtpHeader.FixedLength) + payload)], pool => new H265Depacketizer(pool), frame =>
    {
        var units = new LengthPrefixedNalUnits(frame.Data);
        while (units.MoveNext()) Assert.True(H265NalUnit.BelongsInFrame(H265NalUnit.Type(units.Current[0])));
        Assert.False(units.IsMalformed);
    });

    [Fact]
    public void Any_vp8_payload_is_survived() =>
        Run(RtpSamples.Vp8Packets, pool => new Vp8Depacketizer(pool), frame => Assert.True(frame.Length > 0));

    [Fact]
    public void Any_vp9_payload_is_survived() =>
        Run(RtpSamples.Vp9Packets, pool => new Vp9Depacketizer(pool), frame => Assert.True(frame.Length > 0));

    [Fact]
    public void Any_av1_payload_is_survived() => Run(
        [.. Av1Samples.TemporalUnits.Select(unit => new string('0', 2 * RtpHeader.FixedLength) + "08" + "0b" + unit[8..30] + unit[30..])],
        pool => new Av1Depacketizer(pool), frame => Assert.True(frame.Length > 0));

    [Fact]
    public void Any_opus_payload_is_survived() =>
        Run(RtpSamples.Vp8Packets, pool => new OpusDepacketizer(pool), frame => Assert.True(frame.Length > 0));
}
