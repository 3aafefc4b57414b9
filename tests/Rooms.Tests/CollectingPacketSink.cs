using Media.Rtp;
using Rooms.Tracks;

namespace Rooms.Tests;

/// <summary>Remembers packets (without their payload) and the end.</summary>
internal sealed class CollectingPacketSink : IPacketSink
{
    public List<RtpPacket> Packets { get; } = [];

    public CloseReason? Closed { get; private set; }

    public void OnPackets(ReadOnlySpan<RtpPacket> packets) => Packets.AddRange(packets);

    public void OnClosed(CloseReason reason) => Closed = reason;
}
