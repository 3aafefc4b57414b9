using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Media;
using Rooms;
using Rooms.Participants;

namespace Gateway.Participants;

/// <summary>A participant as others see it.</summary>
/// <param name="Entrance">How it comes in: <c>room</c>, or that of the protocol that a single publication comes by.</param>
/// <param name="Away">Its connection is lost, and its place is kept.</param>
internal sealed record ParticipantView(string Id, string Name, string Entrance, bool Away, ImmutableArray<PublicationView> Publications)
{
    /// <summary>The entrance of those who come by the rooms' own protocol, and of their publications.</summary>
    public const string RoomEntrance = "room";

    public static ParticipantView Of(Participant participant, Room? room) => new(
        participant.Id, participant.Name, RoomEntrance, participant.IsAway, PublicationsOf(participant, room));

    /// <summary>What comes by another protocol is a participant of one publication.</summary>
    public static ParticipantView Of(PublicationSnapshot publication) => new(
        publication.Name, publication.Name, publication.Entrance, publication.State == PublicationState.Away,
        [PublicationView.Of(publication, PublicationSource.Camera, participant: null)]);

    public static ImmutableArray<PublicationView> PublicationsOf(Participant participant, Room? room)
    {
        var publications = ImmutableArray.CreateBuilder<PublicationView>();
        foreach (PublicationSource source in (ReadOnlySpan<PublicationSource>)[PublicationSource.Camera, PublicationSource.Screen])
        {
            if (room?.Find(source.PublicationOf(participant.Id)) is { Entrance: RoomEntrance } publication)
                publications.Add(PublicationView.Of(publication.Snapshot, source, participant));
        }

        return publications.ToImmutable();
    }
}

/// <summary>A publication as others see it.</summary>
/// <param name="Source">camera or screen.</param>
internal sealed record PublicationView(string Name, string Source, ImmutableArray<TrackView> Tracks)
{
    /// <param name="participant">Who may have muted it; null = nobody.</param>
    public static PublicationView Of(PublicationSnapshot publication, PublicationSource source, Participant? participant)
    {
        var tracks = ImmutableArray.CreateBuilder<TrackView>();
        foreach (MediaKind kind in (ReadOnlySpan<MediaKind>)[MediaKind.Audio, MediaKind.Video])
        {
            if (publication.Track(kind) is { } track)
                tracks.Add(new TrackView(kind.Word(), participant?.IsMuted(new ParticipantTrack(source, kind)) == true, track.Format.Codec.Name()));
        }

        return new PublicationView(publication.Name, source.Word(), tracks.ToImmutable());
    }

    [JsonIgnore]
    public bool HasVideo => Tracks.Any(track => track.Kind == MediaKind.Video.Word());
}

/// <param name="Muted">So its owner says.</param>
/// <param name="Codec">What it comes in.</param>
internal sealed record TrackView(string Kind, bool Muted, string Codec);
