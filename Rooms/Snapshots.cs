using System.Collections.Immutable;
using Media;
using Media.Scheduling;
using Rooms.Tracks;

namespace Rooms;

/// <summary>One publication as others see it. Immutable.</summary>
public sealed record PublicationSnapshot(
    string Room,
    string Name,
    string Entrance,
    PublicationState State,
    DateTimeOffset StartedAt,
    long LastMediaTime,
    ImmutableArray<TrackSnapshot> Tracks,
    ImmutableArray<SubscriberSnapshot> Subscribers)
{
    public TrackSnapshot? Track(MediaKind kind) =>
        Tracks.FirstOrDefault(track => track.IsPublished && track.Format.Kind == kind);

    internal static PublicationSnapshot Of(Publication publication)
    {
        var tracks = ImmutableArray.CreateBuilder<TrackSnapshot>();
        foreach (Track? track in (ReadOnlySpan<Track?>)[publication.Video, publication.Audio])
            if (track?.Format is { } format) tracks.Add(TrackSnapshot.Of(track, format));
        foreach (Track track in publication.Views.Derived)
            if (track.Format is { } format) tracks.Add(TrackSnapshot.Of(track, format));
        MonotonicClock clock = publication.Loop.Clock;
        return new PublicationSnapshot(
            publication.Room.Name, publication.Name, publication.Entrance, publication.State,
            clock.UtcNow.AddTicks(publication.StartedAt - clock.Now),
            Math.Max(publication.Video?.Statistics.LastFrameTime ?? -1, publication.Audio?.Statistics.LastFrameTime ?? -1),
            tracks.ToImmutable(),
            [.. publication.Subscribers.Select(subscriber => subscriber.Snapshot())]);
    }
}

/// <summary>One track as others see it. Immutable.</summary>
/// <param name="IsPublished">False for conversions.</param>
/// <param name="FrameRate">Measured frames per second.</param>
/// <param name="Bitrate">Measured bits per second.</param>
/// <param name="KeyframeInterval">Seconds; 0 = not known.</param>
/// <param name="WebRtcCompatible">Null where the question does not arise (audio, conversions).</param>
/// <param name="State">What a conversion says of itself, such as a step of the transcoder's ladder; else null.</param>
/// <param name="Encodings">Of a simulcast publisher, largest first; empty where there is one.</param>
public sealed record TrackSnapshot(
    string Id,
    bool IsPublished,
    TrackForm Form,
    TrackFormat Format,
    double FrameRate,
    double Bitrate,
    double KeyframeInterval,
    long Frames,
    int Subscribers,
    bool? WebRtcCompatible,
    ImmutableArray<string> IncompatibleBecause,
    string? State,
    ImmutableArray<EncodingSnapshot> Encodings)
{
    internal static TrackSnapshot Of(Track track, TrackFormat format)
    {
        BrowserCompatibility? verdict =
            track.IsPublished && format.Kind == MediaKind.Video ? track.Compatibility : null;
        return new TrackSnapshot(
            track.Id, track.IsPublished, track.Form, format, track.Statistics.FrameRate, track.Statistics.Bitrate,
            track.Statistics.KeyframeInterval, track.Statistics.Frames, (track as PacketTrack)?.TakerCount ?? track.SubscriberCount, verdict?.IsCompatible,
            verdict?.Reasons ?? [], (track as TranscodedTrack)?.StateText, EncodingSnapshot.Of(track as PublishedPacketTrack));
    }
}

/// <summary>One encoding of a track as others see it. Immutable.</summary>
/// <param name="Bitrate">Measured bits per second; 0 while it is not live.</param>
/// <param name="IsLive">It is sent now.</param>
/// <param name="IsCurrent">It is what those get who chose none.</param>
public sealed record EncodingSnapshot(
    string Id, int? Width, int? Height, double FrameRate, double Bitrate, bool IsLive, bool IsCurrent)
{
    internal static ImmutableArray<EncodingSnapshot> Of(PublishedPacketTrack? track)
    {
        if (track is null || track.Encodings is not { Length: > 0 } encodings || encodings is [{ Rid: "" }]) return [];
        return [.. encodings.OrderByDescending(encoding => encoding.Pixels).ThenByDescending(encoding => encoding.Statistics.Bitrate).Select(encoding => Of(encoding, track))];
    }

    private static EncodingSnapshot Of(PacketEncoding encoding, PublishedPacketTrack track)
    {
        bool isLive = encoding.IsLive(track.Loop.Now);
        return new EncodingSnapshot(
            encoding.Id, encoding.Format.Video?.Width, encoding.Format.Video?.Height, isLive ? encoding.Statistics.FrameRate : 0,
            isLive ? encoding.Statistics.Bitrate : 0, isLive, encoding == track.Current);
    }
}

/// <summary>One subscriber as others see it. Immutable.</summary>
/// <param name="Video">Id of the track it gets, or null.</param>
/// <param name="Remark">What it does not get and why, or null.</param>
/// <param name="Loop">The media loop that it lives on.</param>
public sealed record SubscriberSnapshot(
    string Id, string Entrance, DateTimeOffset Since, string State, string? Video, string? Audio, long PacketsSent,
    long BytesSent, long PacketsLost, double RoundTripMilliseconds, string? Remark, int Loop = 0);
