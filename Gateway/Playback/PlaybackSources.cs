using System.Collections.Immutable;
using System.Security.Cryptography;
using Gateway.Authorization;
using Gateway.Http;
using Gateway.Recordings;
using Ingest.Playback;
using Recorder.Archive;

namespace Gateway.Playback;

/// <summary>Which files an order means: one of the media folder, or those of a recording, as they were.</summary>
internal sealed class PlaybackSources(PlaybackHouse house, RecorderHost recorder, Access access)
{
    private const string IdLetters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const int IdLength = 10;
    private const string DefaultName = "main";
    private const string All = "all";

    public static string NewId() => RandomNumberGenerator.GetString(IdLetters, IdLength);

    /// <summary>The files, or the answer to who asked for what is not there or not theirs.</summary>
    public (ImmutableArray<PlaybackPart> Parts, IResult? Problem) Find(HttpContext context, PlaybackOrder order)
    {
        if (order.As is { } name && Names.Refuse(name) is { } bad) return ([], bad);
        return order switch
        {
            { File: { } file, Recording: null, Publication: null } => OfFile(file, order.As ?? DefaultName),
            { File: null, Recording: { } id } => OfRecording(context, id, order),
            _ => ([], Problems.BadRequest.Because(
                "Name a \"file\" of the media folder (GET /api/v1/media lists them), or a \"recording\" and, if it is not all of it, a \"publication\".")),
        };
    }

    private (ImmutableArray<PlaybackPart>, IResult?) OfFile(string file, string name)
    {
        if (!house.Folder.Has(file)) return ([], Problems.NoSuchFile.Because("There is no such file in the media folder; GET /api/v1/media lists them."));
        return ([new PlaybackPart(name, [new PlaybackItem(file, () => house.Folder.Open(file))])], null);
    }

    private (ImmutableArray<PlaybackPart>, IResult?) OfRecording(HttpContext context, string id, PlaybackOrder order)
    {
        if (recorder.Catalogue.Find(id) is not { } journal) return ([], Problems.NoSuchRecording.Because("There is no such recording; GET /api/v1/recordings lists them."));
        RecordingDocument document = journal.Document;
        // Who may play into one room may not therefore see another one's past.
        if (access.Refuse(context, Entrance.Recordings, document.Room, Right.View) is { } refusal) return ([], refusal);
        RecordedPublication[] chosen =
        [
            .. document.Publications.Where(publication =>
                !publication.Segments.IsEmpty && (order.Publication is null or All || publication.Name == order.Publication)),
        ];
        if (chosen.Length == 0) return ([], Problems.NoSuchPublication.Because($"Recording {id} has nothing of {order.Publication ?? "any publication"}."));
        if (order.As is not null && chosen.Length > 1) return ([], Problems.BadRequest.Because("\"as\" is for one publication; several keep their names."));
        DateTimeOffset zero = chosen.Min(publication => publication.Segments.Min(segment => segment.StartedAt));
        return ([.. chosen.Select(publication => new PlaybackPart(order.As ?? publication.Name, [.. publication.Segments.Select(ItemOf)]))], null);

        PlaybackItem ItemOf(RecordedSegment segment) => new(
            $"{id}/{segment.File}", () => Open(journal.Folder.PathOf(segment.File)), segment.StartedAt - zero, TimeSpan.FromSeconds(segment.Duration));
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
}
