using Media.Rtp;

namespace Rooms.Tracks;

/// <summary>Packets in the order in which they came, with a reference on each. Adding allocates nothing once it has its size.</summary>
internal sealed class PacketBatch
{
    private RtpPacket[] _packets = [];

    public int Count { get; private set; }

    public ReadOnlySpan<RtpPacket> Packets => _packets.AsSpan(0, Count);

    public void Add(in RtpPacket packet)
    {
        if (Count == _packets.Length) Array.Resize(ref _packets, Math.Max(16, 2 * Count));
        _packets[Count++] = packet.AddReference();
    }

    /// <summary>Gives the references back.</summary>
    public void Clear()
    {
        foreach (ref readonly RtpPacket packet in Packets) packet.Release();
        Array.Clear(_packets, 0, Count);
        Count = 0;
    }
}
