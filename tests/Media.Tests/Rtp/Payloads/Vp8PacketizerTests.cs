using Media.Buffers;
using Media.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Rtp.Payloads;

public sealed class Vp8PacketizerTests
{
    private static readonly TrackFormat s_format = new() { Codec = Codec.Vp8, ClockRate = 90_000 };

    [Fact]
    public void The_descriptor_carries_start_picture_id_and_reference()
    {
        var pool = new BufferPool();
        using var list = new PacketList();
        var packetizer = new Vp8Packetizer(firstPictureId: 0x7fff);
        foreach (bool isDiscardable in (bool[])[false, true])
        {
            MediaFrame frame = PacketList.Frame(pool, s_format, new byte[2000], !isDiscardable, 0, isDiscardable);
            list.Take(packetizer, frame);
            frame.Release();
        }

        string[] descriptors = [.. list.Packets.Select(packet => Convert.ToHexStringLower(PacketList.PayloadOf(packet).AsSpan(0, 4)))];
        Assert.Equal(["9080ffff", "8080ffff", "b0808000", "a0808000"], descriptors);
        Assert.Equal([true, false, false, false], list.Packets.Select(packet => packet.StartsKeyframe));
        Assert.Equal([false, true, false, true], list.Packets.Select(packet => packet.Marker));
        Assert.All(list.Packets, packet => Assert.Equal(1004, packet.PayloadLength));
    }

    [Fact]
    public void Packetizing_allocates_nothing()
    {
        var pool = new BufferPool();
        IPacketizer packetizer = new Vp8Packetizer();
        MediaFrame frame = PacketList.Frame(pool, s_format, new byte[20_000], isKeyframe: true);
        var output = default(Counter);
        packetizer.Packetize(frame, ref output);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 1000; i++) packetizer.Packetize(frame, ref output);
        });
        Assert.Equal(18, output.Packets % 18_000);
    }

    private struct Counter : IPacketOutput
    {
        public int Packets { get; private set; }

        public void Write(in Media.Rtp.RtpPacket packet) => Packets++;
    }
}
