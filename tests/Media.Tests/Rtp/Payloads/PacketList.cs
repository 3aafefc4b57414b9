using Media.Buffers;
using Media.Rtp;
using Media.Rtp.Payloads;

namespace Media.Tests.Rtp.Payloads;

/// <summary>Numbers and keeps the packets of a packetizer.</summary>
internal sealed class PacketList : IDisposable
{
    private long _next = 65_530;

    public List<RtpPacket> Packets { get; } = [];

    public static byte[] PayloadOf(in RtpPacket packet)
    {
        byte[] payload = new byte[packet.PayloadLength];
        packet.CopyPayload(payload);
        return payload;
    }

    public void Take(IPacketizer packetizer, in MediaFrame frame)
    {
        var output = new Output(this);
        packetizer.Packetize(frame, ref output);
    }

    public void Clear()
    {
        foreach (RtpPacket packet in Packets) packet.Release();
        Packets.Clear();
    }

    public void Dispose() => Clear();

    /// <summary>A frame in a buffer of its own, at an offset that is not 0.</summary>
    public static MediaFrame Frame(
        BufferPool pool, TrackFormat format, byte[] data, bool isKeyframe = false, long time = 0, bool isDiscardable = false)
    {
        PooledBuffer buffer = pool.Rent(data.Length + 10);
        data.CopyTo(buffer.Span[5..]);
        return new MediaFrame(format, buffer, 5, data.Length, time, time, isKeyframe, isDiscardable);
    }

    /// <summary>A packet from the wire.</summary>
    public static RtpPacket Parse(BufferPool pool, string hex)
    {
        byte[] data = Convert.FromHexString(hex);
        Assert.True(RtpHeader.TryParse(data, out RtpHeader header));
        return new RtpPacket
        {
            Buffer = pool.RentCopy(data),
            Offset = header.Length,
            Length = data.Length - header.Length,
            SequenceNumber = header.SequenceNumber,
            Timestamp = header.Timestamp,
            Marker = header.Marker,
        };
    }

    private readonly struct Output(PacketList list) : IPacketOutput
    {
        public void Write(in RtpPacket packet) =>
            list.Packets.Add(packet.AddReference() with { SequenceNumber = list._next++ });
    }
}
