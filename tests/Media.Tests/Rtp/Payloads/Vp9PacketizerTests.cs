using Media.Buffers;
using Media.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Rtp.Payloads;

public sealed class Vp9PacketizerTests
{
    private static readonly TrackFormat s_format = new() { Codec = Codec.Vp9, ClockRate = 90_000, Video = new VideoProperties(1280, 720, 0) };

    private static string[] DescriptorsOf(PacketList list) =>
        [.. list.Packets.Select(packet => Convert.ToHexStringLower(PacketList.PayloadOf(packet).AsSpan(0, packet.PrefixLength)))];

    [Fact]
    public void The_descriptor_carries_the_picture_id_and_a_keyframe_its_size()
    {
        var pool = new BufferPool();
        using var list = new PacketList();
        var packetizer = new Vp9Packetizer(firstPictureId: 0x7fff);
        foreach (bool isKeyframe in (bool[])[true, false])
        {
            MediaFrame frame = PacketList.Frame(pool, s_format, new byte[2000], isKeyframe);
            list.Take(packetizer, frame);
            frame.Release();
        }

        // I B V, size 1280 x 720; I E; I P B; I P E
        Assert.Equal(["8affff10050002d0", "84ffff", "c88000", "c48000"], DescriptorsOf(list));
        Assert.Equal([true, false, false, false], list.Packets.Select(packet => packet.StartsKeyframe));
        Assert.Equal([false, true, false, true], list.Packets.Select(packet => packet.Marker));
        Assert.Equal([1006, 1005, 1003, 1003], list.Packets.Select(packet => packet.PayloadLength));
    }

    [Fact]
    public void A_keyframe_of_one_packet_begins_and_ends_in_it()
    {
        var pool = new BufferPool();
        using var list = new PacketList();
        MediaFrame frame = PacketList.Frame(pool, s_format with { Video = null }, new byte[100], isKeyframe: true);
        list.Take(new Vp9Packetizer(), frame);
        frame.Release();
        Assert.Equal(["8c8000"], DescriptorsOf(list));
    }

    [Fact]
    public void Inspectors_read_the_size_and_the_start_of_a_keyframe()
    {
        var pool = new BufferPool();
        using var list = new PacketList();
        MediaFrame frame = PacketList.Frame(pool, s_format, [0x82, 0x49, 0x83, 0x42, 0, 0, 0, 0, 0, 0, 0], isKeyframe: true);
        list.Take(new Vp9Packetizer(), frame);
        frame.Release();
        byte[] payload = PacketList.PayloadOf(Assert.Single(list.Packets));
        Assert.True(PayloadInspector.TryInspect(Codec.Vp9, payload, out PayloadInfo info));
        Assert.True(info.StartsKeyframe);
        Assert.Equal(2, info.PictureIdLength);
        VideoProperties video = KeyframeProperties.Read(Codec.Vp9, payload)!;
        Assert.Equal((1280, 720), (video.Width, video.Height));
    }

    [Fact]
    public void Packetizing_allocates_nothing()
    {
        var pool = new BufferPool();
        IPacketizer packetizer = new Vp9Packetizer();
        MediaFrame frame = PacketList.Frame(pool, s_format, new byte[20_000], isKeyframe: true);
        var output = default(PacketCounter);
        packetizer.Packetize(frame, ref output);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 1000; i++) packetizer.Packetize(frame, ref output);
        });
        Assert.Equal(18, output.Packets % 18_000);
    }
}
