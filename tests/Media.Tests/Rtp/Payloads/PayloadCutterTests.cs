using Media.Buffers;
using Media.Rtp;
using Media.Rtp.Payloads;

namespace Media.Tests.Rtp.Payloads;

public sealed class PayloadCutterTests : IDisposable
{
    private readonly BufferPool _pool = new();
    private int _cut;

    public void Dispose() => Assert.Equal(0, _pool.Leased);

    [Fact]
    public void Cut_h264_is_the_same_frames() => AssertSame(Codec.H264, RtpSamples.H264Packets.Select(Payload));

    [Fact]
    public void Cut_vp8_is_the_same_frames() => AssertSame(Codec.Vp8, RtpSamples.Vp8Packets.Select(Payload));

    [Fact]
    public void Cut_vp9_is_the_same_frames() => AssertSame(Codec.Vp9, RtpSamples.Vp9Packets.Select(Payload));

    [Fact]
    public void The_last_element_of_av1_goes_on_in_the_second_part()
    {
        (byte[] first, byte[] second) = Cut(Codec.Av1, [0x10, 0x30, 1, 2, 3, 4, 5]);
        Assert.Equal([0x50, 0x30, 1, 2], first);
        Assert.Equal([0x90, 3, 4, 5], second);
        (first, second) = Cut(Codec.Av1, second);
        Assert.Equal([0xd0, 3], first);
        Assert.Equal([0x90, 4, 5], second);
    }

    [Fact]
    public void A_unit_of_h265_becomes_two_fragments_and_a_fragment_again()
    {
        (byte[] first, byte[] second) = Cut(Codec.H265, [0x26, 0x01, 0xaf, 1, 2, 3]);
        Assert.Equal([0x62, 0x01, 0x93, 0xaf, 1], first);
        Assert.Equal([0x62, 0x01, 0x53, 2, 3], second);
        (byte[] start, byte[] middle) = Cut(Codec.H265, first);
        Assert.Equal([0x62, 0x01, 0x93, 0xaf], start);
        Assert.Equal([0x62, 0x01, 0x13, 1], middle);
    }

    [Fact]
    public void Several_units_are_parted_between_them()
    {
        (byte[] first, byte[] second) = Cut(Codec.H264, [0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 2, 0, 3, 0x65, 3, 3]);
        Assert.Equal([0x67, 1], first); // alone: no aggregation any more
        Assert.Equal([0x78, 0, 2, 0x68, 2, 0, 3, 0x65, 3, 3], second);
    }

    [Theory]
    [InlineData(Codec.Opus, "780102")]
    [InlineData(Codec.H264, "780002670100")]      // one unit, and rubbish
    [InlineData(Codec.Av1, "080b010203")]          // elements that all have a length
    public void What_can_not_be_cut_says_so(Codec codec, string payload) =>
        Assert.False(PayloadCutter.TryCut(codec, Convert.FromHexString(payload), new byte[200], out _, out _));

    private static (byte[] Payload, long Time, bool Marker) Payload(string packet)
    {
        byte[] data = Convert.FromHexString(packet);
        Assert.True(RtpHeader.TryParse(data, out RtpHeader header));
        return (data[header.Length..], header.Timestamp, header.Marker);
    }

    private static (byte[] First, byte[] Second) Cut(Codec codec, byte[] payload)
    {
        byte[] parts = new byte[payload.Length + PayloadCutter.MaxOverhead];
        Assert.True(PayloadCutter.TryCut(codec, payload, parts, out int first, out int second));
        return (parts[..first], parts[first..(first + second)]);
    }

    private void AssertSame(Codec codec, IEnumerable<(byte[] Payload, long Time, bool Marker)> packets)
    {
        (byte[], long, bool)[] all = [.. packets];
        List<byte[]> whole = Depacketize(codec, all);
        List<byte[]> cut = Depacketize(codec, all.SelectMany(packet => Parts(codec, packet)));
        Assert.NotEmpty(whole);
        Assert.True(_cut > 0);
        Assert.Equal(whole, cut);
    }

    private IEnumerable<(byte[] Payload, long Time, bool Marker)> Parts(Codec codec, (byte[] Payload, long Time, bool Marker) packet)
    {
        byte[] parts = new byte[packet.Payload.Length + PayloadCutter.MaxOverhead];
        if (!PayloadCutter.TryCut(codec, packet.Payload, parts, out int first, out int second)) return [packet];
        _cut++;
        return [(parts[..first], packet.Time, false), (parts[first..(first + second)], packet.Time, packet.Marker)];
    }

    private List<byte[]> Depacketize(Codec codec, IEnumerable<(byte[] Payload, long Time, bool Marker)> packets)
    {
        using IDepacketizer depacketizer = Depacketizers.Create(codec, _pool)!;
        var frames = new List<byte[]>();
        long number = 0;
        foreach ((byte[] payload, long time, bool marker) in packets)
        {
            using PooledBuffer buffer = _pool.RentCopy(payload);
            var packet = new RtpPacket
            {
                Buffer = buffer, Offset = 0, Length = payload.Length, SequenceNumber = number++, Timestamp = time, Marker = marker,
            };
            if (!depacketizer.TryDepacketize(packet, out MediaFrame frame)) continue;
            frames.Add(frame.Data.ToArray());
            frame.Release();
        }

        return frames;
    }
}
