namespace Rooms;

/// <summary>Something that changed in a room, as it is told to the event stream and to web hooks.</summary>
/// <param name="Type">A stable name such as <c>publication.started</c>.</param>
/// <param name="Subject">Id of the track, subscriber or participant that it is about, if it is about one.</param>
/// <param name="Detail">What a person should read, or null.</param>
public sealed record RoomEvent(
    string Type, DateTimeOffset Time, string Room, string? Publication = null, string? Subject = null,
    string? Detail = null)
{
    public const string PublicationStarted = "publication.started";
    public const string PublicationAway = "publication.away";
    public const string PublicationResumed = "publication.resumed";
    public const string PublicationEnded = "publication.ended";
    public const string TrackAdded = "track.added";
    public const string TrackChanged = "track.changed";
    public const string TrackEnded = "track.ended";

    /// <summary>A publisher sends a medium in a codec that is not carried; the detail names it.</summary>
    public const string TrackUnsupported = "track.unsupported";

    public const string SubscriberJoined = "subscriber.joined";
    public const string SubscriberChanged = "subscriber.changed";
    public const string SubscriberLeft = "subscriber.left";
    public const string ParticipantJoined = "participant.joined";

    /// <summary>A participant's connection is lost; its place is kept for a while.</summary>
    public const string ParticipantAway = "participant.away";

    public const string ParticipantResumed = "participant.resumed";

    /// <summary>A participant has muted or unmuted something.</summary>
    public const string ParticipantChanged = "participant.changed";

    public const string ParticipantLeft = "participant.left";

    /// <summary>Another participant speaks, who is the subject; none = nobody.</summary>
    public const string SpeakerChanged = "speaker.changed";

    /// <summary>A playback, which is the subject, began; the detail names what is played.</summary>
    public const string PlaybackStarted = "playback.started";

    /// <summary>It was paused or resumed, or plays on from elsewhere.</summary>
    public const string PlaybackChanged = "playback.changed";

    public const string PlaybackEnded = "playback.ended";
    public const string TranscodeChanged = "transcode.changed";

    /// <summary>The subject is the recording's id, here and below.</summary>
    public const string RecordingStarted = "recording.started";

    /// <summary>A publication is not recorded any more; the detail says why.</summary>
    public const string RecordingFailed = "recording.failed";

    /// <summary>It is recorded again.</summary>
    public const string RecordingResumed = "recording.resumed";

    public const string RecordingStopped = "recording.stopped";
}
