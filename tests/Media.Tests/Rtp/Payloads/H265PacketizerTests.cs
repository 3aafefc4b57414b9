using Media.Buffers;
using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Tests.Codecs;
using TestKit;

namespace Media.Tests.Rtp.Payloads;

public sealed class H265PacketizerTests : IDisposable
{
    private readonly BufferPool _pool = new();
    private readonly LeakCheck _leaks;
    private readonly H265Packetizer _packetizer;
    private readonly PacketList _list = new();
    private readonly TrackFormat _format = new()
    {
        Codec = Codec.H265,
        ClockRate = 90_000,
        ParameterSets = [[.. Unit(0x40, 24)], [.. Unit(0x42, 40)], [.. Unit(0x44, 8)]],
    };

    public H265PacketizerTests()
    {
        _leaks = new LeakCheck(_pool);
        _packetizer = new H265Packetizer(pool: _pool);
    }

    public void Dispose()
    {
        _list.Dispose();
        _packetizer.Dispose();
        _leaks.Dispose();
    }

    private static byte[] Unit(byte header, int length, byte second = 0x01)
    {
        byte[] unit = new byte[length];
        for (int i = 0; i < length; i++) unit[i] = (byte)(i * 7);
        (unit[0], unit[1]) = (header, second);
        return unit;
    }

    private List<RtpPacket> Cut(byte[] data, bool isKeyframe = false, TrackFormat? format = null)
    {
        MediaFrame frame = PacketList.Frame(_pool, format ?? _format, data, isKeyframe, time: 90_000);
        _list.Clear();
        _list.Take(_packetizer, frame);
        frame.Release();
        return _list.Packets;
    }

    [Fact]
    public void A_small_unit_is_one_packet()
    {
        byte[] unit = Unit(0x02, 1150);
        RtpPacket packet = Assert.Single(Cut(Samples.LengthPrefixed(4, unit)));
        Assert.Equal(unit, PacketList.PayloadOf(packet));
        Assert.Equal((true, false, 90_000L), (packet.Marker, packet.StartsKeyframe, packet.Timestamp));
    }

    [Fact]
    public void A_large_unit_becomes_fragments_of_equal_size()
    {
        byte[] unit = Unit(0x26, 10_000, second: 0x02); // IDR_W_RADL of TID 1
        List<RtpPacket> packets = Cut(Samples.LengthPrefixed(4, unit));
        Assert.Equal(9, packets.Count);
        Assert.All(packets.SkipLast(1), packet => Assert.Equal(packets[0].PayloadLength, packet.PayloadLength));
        Assert.All(packets, packet => Assert.Equal([0x62, 0x02], PacketList.PayloadOf(packet)[..2])); // type 49
        Assert.Equal(
            [0x93, 0x13, 0x13, 0x13, 0x13, 0x13, 0x13, 0x13, 0x53], packets.Select(packet => (int)PacketList.PayloadOf(packet)[2]));
        Assert.Equal(unit[2..], packets.SelectMany(packet => PacketList.PayloadOf(packet)[3..]));
        Assert.Equal([false, false, false, false, false, false, false, false, true], packets.Select(packet => packet.Marker));
    }

    [Fact]
    public void Parameter_sets_go_before_a_keyframe()
    {
        List<RtpPacket> packets = Cut(Samples.LengthPrefixed(4, Unit(0x26, 500)), isKeyframe: true);
        Assert.Equal(2, packets.Count);
        byte[] vps = [.. _format.ParameterSets[0]], sps = [.. _format.ParameterSets[1]], pps = [.. _format.ParameterSets[2]];
        Assert.Equal([0x60, 0x01, 0, 24, .. vps, 0, 40, .. sps, 0, 8, .. pps], PacketList.PayloadOf(packets[0])); // type 48
        Assert.Equal([true, false], packets.Select(packet => packet.StartsKeyframe));
        Assert.Equal([false, true], packets.Select(packet => packet.Marker));
    }

    [Fact]
    public void Sets_that_fit_into_no_packet_are_fragmented()
    {
        var format = _format with { ParameterSets = [[.. Unit(0x40, 24)], [.. Unit(0x42, 3000)], [.. Unit(0x44, 8)]] };
        List<RtpPacket> packets = Cut(Samples.LengthPrefixed(4, Unit(0x26, 500)), isKeyframe: true, format);
        Assert.Equal([32, 49, 49, 49, 34, 19], packets.Select(packet => (PacketList.PayloadOf(packet)[0] >> 1) & 0x3f));
        Assert.All(packets, packet => Assert.InRange(packet.PayloadLength, 1, 1150));
    }

    [Fact]
    public void A_frame_without_units_gives_no_packet()
    {
        Assert.Empty(Cut([], isKeyframe: true));
        Assert.Empty(Cut(Samples.LengthPrefixed(4, [0x26], [0x26, 0x01]), isKeyframe: true));
    }

    [Fact]
    public void Packetizing_allocates_nothing()
    {
        IPacketizer packetizer = _packetizer;
        MediaFrame key = PacketList.Frame(_pool, _format, Samples.LengthPrefixed(4, Unit(0x26, 30_000)), true);
        MediaFrame delta = PacketList.Frame(_pool, _format, Samples.LengthPrefixed(4, Unit(0x02, 700), Unit(0x02, 4000)));
        var output = default(PacketCounter);
        packetizer.Packetize(key, ref output);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 1000; i++) packetizer.Packetize(i % 10 == 0 ? key : delta, ref output);
        });
        key.Release();
        delta.Release();
    }
}
