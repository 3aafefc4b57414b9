using Media.Buffers;
using Media.Codecs;
using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Tests.Codecs;
using TestKit;

namespace Media.Tests.Rtp.Payloads;

public sealed class H264PacketizerTests : IDisposable
{
    private readonly BufferPool _pool = new();
    private readonly LeakCheck _leaks;
    private readonly H264Packetizer _packetizer;
    private readonly PacketList _list = new();
    private readonly TrackFormat _format;

    public H264PacketizerTests()
    {
        _leaks = new LeakCheck(_pool);
        _packetizer = new H264Packetizer(pool: _pool);
        var stream = new H264Stream();
        Assert.True(stream.TryConfigure(Samples.Hex(Samples.AvcConfiguration)));
        _format = stream.Format!;
    }

    public void Dispose()
    {
        _list.Dispose();
        _packetizer.Dispose();
        _leaks.Dispose();
    }

    private List<RtpPacket> Cut(byte[] data, bool isKeyframe = false, TrackFormat? format = null)
    {
        MediaFrame frame = PacketList.Frame(_pool, format ?? _format, data, isKeyframe, time: 90_000);
        _list.Clear();
        _list.Take(_packetizer, frame);
        frame.Release();
        return _list.Packets;
    }

    private static byte[] Unit(byte header, int length)
    {
        byte[] unit = new byte[length];
        for (int i = 0; i < length; i++) unit[i] = (byte)(i * 7);
        unit[0] = header;
        return unit;
    }

    [Fact]
    public void A_small_unit_is_one_packet()
    {
        byte[] unit = Unit(0x41, 1150);
        RtpPacket packet = Assert.Single(Cut(Samples.LengthPrefixed(4, unit)));
        Assert.Equal(unit, PacketList.PayloadOf(packet));
        Assert.Equal((true, false, 90_000L), (packet.Marker, packet.StartsKeyframe, packet.Timestamp));
    }

    [Fact]
    public void A_large_unit_becomes_fragments_of_equal_size()
    {
        byte[] unit = Unit(0x65, 10_000);
        List<RtpPacket> packets = Cut(Samples.LengthPrefixed(4, unit));
        Assert.Equal(9, packets.Count);
        Assert.All(packets.SkipLast(1), packet => Assert.Equal(packets[0].PayloadLength, packet.PayloadLength));
        Assert.InRange(packets[^1].PayloadLength, packets[0].PayloadLength - 8, packets[0].PayloadLength);
        Assert.All(packets, packet => Assert.Equal(0x7c, PacketList.PayloadOf(packet)[0]));
        Assert.Equal(
            [0x85, 0x05, 0x05, 0x05, 0x05, 0x05, 0x05, 0x05, 0x45], packets.Select(packet => (int)PacketList.PayloadOf(packet)[1]));
        Assert.Equal(unit[1..], packets.SelectMany(packet => PacketList.PayloadOf(packet)[2..]));
        Assert.Equal([false, false, false, false, false, false, false, false, true], packets.Select(packet => packet.Marker));
    }

    [Fact]
    public void Parameter_sets_go_before_a_keyframe()
    {
        byte[] unit = Unit(0x65, 500);
        List<RtpPacket> packets = Cut(Samples.LengthPrefixed(4, unit), isKeyframe: true);
        Assert.Equal(2, packets.Count);
        byte[] sets = PacketList.PayloadOf(packets[0]);
        byte[] sps = [.. _format.ParameterSets[0]], pps = [.. _format.ParameterSets[1]];
        Assert.Equal([0x78, 0, (byte)sps.Length, .. sps, 0, (byte)pps.Length, .. pps], sets);
        Assert.Equal([true, false], packets.Select(packet => packet.StartsKeyframe));
        Assert.Equal([false, true], packets.Select(packet => packet.Marker));
    }

    [Fact]
    public void Several_slices_share_one_marker()
    {
        List<RtpPacket> packets = Cut(Samples.LengthPrefixed(4, Unit(0x06, 20), Unit(0x41, 2000), Unit(0x41, 30)));
        Assert.Equal([false, false, false, true], packets.Select(packet => packet.Marker));
        Assert.All(packets, packet => Assert.Equal(90_000, packet.Timestamp));
    }

    [Fact]
    public void A_new_format_brings_its_own_sets()
    {
        byte[] frame = Samples.LengthPrefixed(4, Unit(0x65, 100));
        byte[] before = PacketList.PayloadOf(Cut(frame, isKeyframe: true)[0]);
        var other = _format with { Version = 1, ParameterSets = [[.. Samples.Hex(Samples.BaselineSps)], [.. Samples.Hex(Samples.BaselinePps)]] };
        byte[] after = PacketList.PayloadOf(Cut(frame, isKeyframe: true, other)[0]);
        Assert.NotEqual(before, after);
        Assert.Equal(before, PacketList.PayloadOf(Cut(frame, isKeyframe: true)[0]));
    }

    [Fact]
    public void One_set_alone_is_no_aggregate_and_many_are_several()
    {
        byte[] frame = Samples.LengthPrefixed(4, Unit(0x65, 100));
        var one = _format with { ParameterSets = [[.. Unit(0x67, 30)]] };
        Assert.Equal(Unit(0x67, 30), PacketList.PayloadOf(Cut(frame, true, one)[0]));
        var many = _format with
        {
            ParameterSets = [[.. Unit(0x67, 600)], [.. Unit(0x68, 500)], [.. Unit(0x68, 600)], [.. Unit(0x68, 3000)], [.. Unit(0x28, 9)]],
        };
        List<RtpPacket> packets = Cut(frame, true, many);
        int[] types = [.. packets.Select(packet => PacketList.PayloadOf(packet)[0] & 0x1f)];
        Assert.Equal([24, 8, 28, 28, 28, 8, 5], types);
        Assert.All(packets, packet => Assert.InRange(packet.PayloadLength, 1, 1150));
    }

    [Fact]
    public void A_frame_without_units_gives_no_packet()
    {
        Assert.Empty(Cut([], isKeyframe: true));
        Assert.Empty(Cut([0, 0, 0, 0], isKeyframe: true));
    }

    [Fact]
    public void Packets_are_slices_of_the_frame()
    {
        MediaFrame frame = PacketList.Frame(_pool, _format, Samples.LengthPrefixed(4, Unit(0x41, 5000)));
        _list.Take(_packetizer, frame);
        Assert.All(_list.Packets, packet => Assert.Same(frame.Buffer, packet.Buffer));
        frame.Release();
    }

    [Fact]
    public void Packetizing_into_a_history_allocates_nothing()
    {
        using var history = new PacketHistory(new PacketHistoryOptions { MinPackets = 64, MinAge = 0 });
        MediaFrame key = PacketList.Frame(_pool, _format, Samples.LengthPrefixed(4, Unit(0x65, 30_000)), true);
        MediaFrame delta = PacketList.Frame(_pool, _format, Samples.LengthPrefixed(4, Unit(0x41, 700), Unit(0x41, 4000)));
        IPacketizer packetizer = _packetizer;
        var output = new HistoryOutput(history);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 1000; i++) packetizer.Packetize(i % 10 == 0 ? key : delta, ref output);
        });
        history.Clear();
        key.Release();
        delta.Release();
    }

    private struct HistoryOutput(PacketHistory history) : IPacketOutput
    {
        private long _next;

        public void Write(in RtpPacket packet) =>
            history.Add(packet with { SequenceNumber = _next++, ArrivalTime = _next });
    }
}
