using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc;

/// <summary>What a <see cref="ForwardedTrack"/> tells its viewer.</summary>
internal interface IForwardedTrackListener
{
    /// <summary><see cref="ForwardedTrack.NextDeadline"/> is another one now.</summary>
    void OnDeadlineChanged();

    /// <summary>
    /// The source's group is missing or would take the viewer too long. To be answered, now or later, by
    /// <see cref="ForwardedTrack.Bridge"/>: with a source that gives a keyframe when asked (which may be the same one), or
    /// null, and the viewer makes do with what there is.
    /// </summary>
    void OnGroupTooLong(ForwardedTrack track, PacketTrack source);

    /// <summary>The source is gone; the viewer may attach another one.</summary>
    void OnSourceClosed(ForwardedTrack track, CloseReason reason);
}
