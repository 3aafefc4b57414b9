using Media.Rtp;
using Rooms.Tracks;

namespace Rooms.Tests;

/// <summary>Remembers packets (without their payload) and the end.</summary>
internal sealed class CollectingPacketSink : IPacketSink
{
    public List<RtpPacket> Packets { get; } = [];

    public CloseReason? Closed { get; private set; }

    /// <summary>False = it forgets what it gets.</summary>
    public bool Keeps { get; set; } = true;

    /// <summary>Called when packets came.</summary>
    public Action? OnEach { get; set; }

    public void OnPackets(ReadOnlySpan<RtpPacket> packets)
    {
        if (Keeps) Packets.AddRange(packets);
        OnEach?.Invoke();
    }

    public void OnClosed(CloseReason reason) => Closed = reason;
}
