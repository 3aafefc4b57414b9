using Media.Rtp;

namespace Rooms.Tracks;

/// <summary>Takes the packets of a track, on the track's loop.</summary>
public interface IPacketSink
{
    /// <summary>The packet is borrowed, and is in the track's history already.</summary>
    void OnPacket(in RtpPacket packet);

    /// <summary>No packet follows. Called once, unless the subscription was disposed before.</summary>
    void OnClosed(CloseReason reason);
}
