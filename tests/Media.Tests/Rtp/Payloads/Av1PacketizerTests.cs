using Media.Buffers;
using Media.Rtp;
using Media.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Rtp.Payloads;

public sealed class Av1PacketizerTests : IDisposable
{
    private const string SequenceHeader = "0a0a0000000227fe6d7c8020";

    private readonly BufferPool _pool = new();
    private readonly LeakCheck _leaks;
    private readonly Av1Packetizer _packetizer;
    private readonly PacketList _list = new();
    private readonly TrackFormat _format = new() { Codec = Codec.Av1, ClockRate = 90_000 };

    public Av1PacketizerTests()
    {
        _leaks = new LeakCheck(_pool);
        _packetizer = new Av1Packetizer(pool: _pool);
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

    private static string Hex(in RtpPacket packet) => Convert.ToHexStringLower(PacketList.PayloadOf(packet));

    [Fact]
    public void A_frame_goes_without_its_size_field()
    {
        RtpPacket packet = Assert.Single(Cut(Convert.FromHexString("3204aabbccdd")));
        Assert.Equal("1030aabbccdd", Hex(packet)); // W 1
        Assert.Equal((true, false), (packet.Marker, packet.StartsKeyframe));
    }

    [Fact]
    public void A_sequence_header_travels_with_its_frame()
    {
        RtpPacket packet = Assert.Single(Cut(Convert.FromHexString(SequenceHeader + "3204aabbccdd"), isKeyframe: true));
        Assert.Equal("280c" + SequenceHeader + "3204aabbccdd", Hex(packet)); // W 2, N
        Assert.Equal((true, true), (packet.Marker, packet.StartsKeyframe));
    }

    [Fact]
    public void A_large_keyframe_goes_on_in_fragments_of_equal_size()
    {
        byte[] frame = Av1Samples.Unit(0x32, 3000, new Random(1));
        List<RtpPacket> packets = Cut([.. Convert.FromHexString(SequenceHeader), .. frame], isKeyframe: true);
        Assert.Equal([0x68, 0xd0, 0x90], packets.Select(packet => (int)PacketList.PayloadOf(packet)[0])); // Y N, Z Y, Z
        Assert.Equal([false, false, true], packets.Select(packet => packet.Marker));
        Assert.Equal([true, false, false], packets.Select(packet => packet.StartsKeyframe));
        Assert.Equal(packets[0].PayloadLength, packets[1].PayloadLength);
        Assert.All(packets, packet => Assert.InRange(packet.PayloadLength, 1, 1150));
    }

    [Fact]
    public void Temporal_delimiters_and_padding_stay_behind()
    {
        RtpPacket packet = Assert.Single(Cut(Convert.FromHexString("1200" + "3204aabbccdd" + "7a020080")));
        Assert.Equal("1030aabbccdd", Hex(packet));
        Assert.Empty(Cut(Convert.FromHexString("1200")));
        Assert.Empty(Cut([]));
    }

    [Fact]
    public void A_keyframe_without_a_sequence_header_gets_that_of_its_format()
    {
        var format = _format with { Configuration = [.. Convert.FromHexString("81000c00" + SequenceHeader)] };
        List<RtpPacket> packets = Cut(Convert.FromHexString("3204aabbccdd"), isKeyframe: true, format);
        Assert.Equal(["1808" + SequenceHeader[4..], "1030aabbccdd"], packets.Select(packet => Hex(packet)));
        Assert.Equal([true, false], packets.Select(packet => packet.StartsKeyframe));
        Assert.Equal([false, true], packets.Select(packet => packet.Marker));
    }

    [Fact]
    public void What_is_malformed_ends_the_frame_with_what_came_before()
    {
        RtpPacket packet = Assert.Single(Cut(Convert.FromHexString("3202aabb" + "327fcc")));
        Assert.Equal("1030aabb", Hex(packet));
        Assert.True(packet.Marker);
        Assert.Empty(Cut([0xff, 0xff]));
    }

    [Fact]
    public void Real_temporal_units_come_back_as_they_were()
    {
        using var depacketizer = new Av1Depacketizer(_pool);
        foreach (string unit in Av1Samples.TemporalUnits)
        {
            byte[] data = Convert.FromHexString(unit);
            int frames = 0;
            foreach (RtpPacket packet in Cut(data, isKeyframe: data.Length > 100))
            {
                if (!depacketizer.TryDepacketize(packet, out MediaFrame frame)) continue;
                frames++;
                Assert.Equal(data[2..], frame.Data.ToArray()); // without the temporal delimiter
                frame.Release();
            }

            Assert.Equal(1, frames);
        }
    }

    [Fact]
    public void Packets_are_slices_of_the_frame()
    {
        MediaFrame frame = PacketList.Frame(_pool, _format, Av1Samples.Unit(0x32, 5000, new Random(1)));
        _list.Take(_packetizer, frame);
        Assert.All(_list.Packets, packet => Assert.Same(frame.Buffer, packet.Buffer));
        frame.Release();
    }

    [Fact]
    public void Packetizing_allocates_nothing()
    {
        IPacketizer packetizer = _packetizer;
        byte[] data = [.. Convert.FromHexString(SequenceHeader), .. Av1Samples.Unit(0x32, 20_000, new Random(1))];
        MediaFrame frame = PacketList.Frame(_pool, _format, data, isKeyframe: true);
        var output = default(PacketCounter);
        packetizer.Packetize(frame, ref output);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 1000; i++) packetizer.Packetize(frame, ref output);
        });
        frame.Release();
    }
}
