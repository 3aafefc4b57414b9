using System.Collections.Immutable;
using Gateway.Options;
using Gateway.Participants;
using Media;
using Rooms;
using Rooms.Tracks;

namespace Gateway.Api;

/// <summary>A room as the API shows it.</summary>
/// <param name="IsLive">Somebody publishes in it now.</param>
/// <param name="Viewers">Subscribers of all its publications.</param>
/// <param name="ViewKeyRequired">Watching needs the room's key.</param>
/// <param name="Participants">Those who joined it to see each other; their publications are among <paramref name="Publications"/>.</param>
internal sealed record RoomDescription(
    string Name,
    bool IsLive,
    int Viewers,
    bool PublishKeyRequired,
    bool ViewKeyRequired,
    ImmutableArray<ParticipantDescription> Participants,
    ImmutableArray<PublicationDescription> Publications)
{
    /// <param name="room">Null = nobody publishes in it.</param>
    /// <param name="subscribers">How many subscribers of each publication are listed.</param>
    public static RoomDescription Of(string name, Room? room, ImmutableArray<ParticipantView> participants, RoomSettings settings, int subscribers)
    {
        ImmutableArray<Publication> all = room?.Publications ?? [];
        ImmutableArray<PublicationSnapshot> publications = [.. all.Select(publication => publication.Snapshot)];
        return new RoomDescription(
            name,
            publications.Any(publication => publication.State == PublicationState.Live),
            publications.Sum(publication => publication.Subscribers.Length),
            settings.PublishKey is not null,
            settings.ViewKey is not null,
            [.. participants.Select(ParticipantDescription.Of)],
            [.. publications.Select((publication, index) => PublicationDescription.Of(publication, all[index].Context, name, subscribers))]);
    }
}

/// <summary>A participant as the API shows it.</summary>
/// <param name="Name">What others in the room see.</param>
/// <param name="Away">Its connection is lost, and its place is kept.</param>
/// <param name="Publications">Names of its publications.</param>
internal sealed record ParticipantDescription(string Id, string Name, bool Away, ImmutableArray<string> Publications)
{
    public static ParticipantDescription Of(ParticipantView participant) => new(
        participant.Id, participant.Name, participant.Away, [.. participant.Publications.Select(publication => publication.Name)]);
}

/// <summary>A publication as the API shows it.</summary>
/// <param name="State">live, away (its publisher is expected back) or ended.</param>
/// <param name="Entrance">How it comes in, such as rtmp.</param>
/// <param name="Tracks">What its publisher sends.</param>
/// <param name="Conversions">What is made of that for those who can't take it as it is.</param>
/// <param name="Warnings">What a person should know, in plain words.</param>
/// <param name="SubscriberCount">All of them; <paramref name="Subscribers"/> may list fewer.</param>
internal sealed record PublicationDescription(
    string Name,
    PublicationState State,
    string Entrance,
    DateTimeOffset StartedAt,
    ImmutableArray<TrackDescription> Tracks,
    ImmutableArray<TrackDescription> Conversions,
    ImmutableArray<string> Warnings,
    int SubscriberCount,
    ImmutableArray<SubscriberDescription> Subscribers)
{
    public static PublicationDescription Of(PublicationSnapshot publication, RoomsContext context, string room, int subscribers)
    {
        ImmutableArray<TrackDescription> published = TracksOf(publication, isPublished: true);
        ImmutableArray<TrackDescription> conversions = TracksOf(publication, isPublished: false);
        return new PublicationDescription(
            publication.Name, publication.State, publication.Entrance, publication.StartedAt, published, conversions,
            VideoWarnings.Of(publication, context, room), publication.Subscribers.Length,
            [.. publication.Subscribers.Take(subscribers).Select(subscriber => SubscriberDescription.Of(publication.Name, subscriber))]);
    }

    private static ImmutableArray<TrackDescription> TracksOf(PublicationSnapshot publication, bool isPublished) =>
        [.. publication.Tracks.Where(track => track.IsPublished == isPublished).Select(TrackDescription.Of)];
}

/// <summary>A track as the API shows it.</summary>
/// <param name="Fps">Measured; 0 for audio.</param>
/// <param name="Bitrate">Measured, in bits per second.</param>
/// <param name="KeyframeInterval">In seconds; absent while not known.</param>
/// <param name="WebrtcCompatible">Whether browsers can take it as it is; absent where that does not arise.</param>
/// <param name="Reasons">Why they can't.</param>
/// <param name="Note">What a conversion says of itself.</param>
/// <param name="Encodings">Of a simulcast publisher, largest first; absent where there is one without a name.</param>
internal sealed record TrackDescription(
    string Id,
    MediaKind Kind,
    string Codec,
    int? Width,
    int? Height,
    double? Fps,
    int? SampleRate,
    int? Channels,
    long Bitrate,
    double? KeyframeInterval,
    long Frames,
    int Subscribers,
    bool? WebrtcCompatible,
    ImmutableArray<string> Reasons,
    string? Note,
    ImmutableArray<EncodingDescription>? Encodings)
{
    public static TrackDescription Of(TrackSnapshot track)
    {
        bool isVideo = track.Format.Kind == MediaKind.Video;
        return new TrackDescription(
            track.Id, track.Format.Kind, track.Format.Codec.Name(), track.Format.Video?.Width, track.Format.Video?.Height,
            isVideo ? Math.Round(track.FrameRate, 1) : null,
            isVideo ? null : track.Format.ClockRate, isVideo ? null : track.Format.Channels,
            (long)track.Bitrate, isVideo && track.KeyframeInterval > 0 ? Math.Round(track.KeyframeInterval, 2) : null,
            track.Frames, track.Subscribers, track.WebRtcCompatible, track.IncompatibleBecause, track.State,
            track.Encodings.IsEmpty ? null : [.. track.Encodings.Select(EncodingDescription.Of)]);
    }
}

/// <summary>One encoding of a simulcast publisher as the API shows it.</summary>
/// <param name="Rid">The publisher's name for it; viewers choose by it.</param>
/// <param name="Bitrate">Measured, in bits per second.</param>
/// <param name="Live">It is sent now.</param>
/// <param name="Current">It is what viewers get who chose none.</param>
internal sealed record EncodingDescription(string Rid, int? Width, int? Height, double Fps, long Bitrate, bool Live, bool Current)
{
    public static EncodingDescription Of(EncodingSnapshot encoding) => new(
        encoding.Id, encoding.Width, encoding.Height, Math.Round(encoding.FrameRate, 1), (long)encoding.Bitrate, encoding.IsLive, encoding.IsCurrent);
}

/// <summary>A subscriber as the API shows it.</summary>
/// <param name="Video">Id of the video track it gets; absent = none.</param>
/// <param name="Note">What it does not get, and why.</param>
/// <param name="Loop">The media loop, and so the core, that serves it.</param>
internal sealed record SubscriberDescription(
    string Id,
    string Publication,
    string Entrance,
    DateTimeOffset Since,
    string State,
    string? Video,
    string? Audio,
    long PacketsSent,
    long BytesSent,
    long PacketsLost,
    double RoundTripMilliseconds,
    string? Note,
    int Loop)
{
    public static SubscriberDescription Of(string publication, SubscriberSnapshot subscriber) => new(
        subscriber.Id, publication, subscriber.Entrance, subscriber.Since, subscriber.State, subscriber.Video, subscriber.Audio,
        subscriber.PacketsSent, subscriber.BytesSent, subscriber.PacketsLost, Math.Round(subscriber.RoundTripMilliseconds, 1), subscriber.Remark,
        subscriber.Loop);
}
