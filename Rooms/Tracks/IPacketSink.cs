using Media.Rtp;

namespace Rooms.Tracks;

/// <summary>Takes the packets of a track, on the track's loop.</summary>
public interface IPacketSink
{
    /// <summary>
    /// What came in one turn of the loop, in order. The packets are borrowed, and are in the track's history already.
    /// </summary>
    void OnPackets(ReadOnlySpan<RtpPacket> packets);

    /// <summary>No packet follows. Called once, unless the subscription was disposed before.</summary>
    void OnClosed(CloseReason reason);
}
