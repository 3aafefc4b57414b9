using System.Collections.Immutable;
using System.Security.Cryptography;
using Gateway.Http;
using Ingest.Playback;

namespace Gateway.Playback;

/// <summary>Which files an order means.</summary>
internal sealed class PlaybackSources(PlaybackHouse house)
{
    private const string IdLetters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const int IdLength = 10;
    private const string DefaultName = "main";

    public static string NewId() => RandomNumberGenerator.GetString(IdLetters, IdLength);

    /// <summary>The files, or the answer to who asked for what is not there or not theirs.</summary>
    public (ImmutableArray<PlaybackPart> Parts, IResult? Problem) Find(HttpContext context, PlaybackOrder order)
    {
        if (order.As is { } name && Names.Refuse(name) is { } bad) return ([], bad);
        if (order is not { File: { } file, Recording: null, Publication: null })
            return ([], Problems.BadRequest.Because("Name a \"file\" of the media folder; GET /api/v1/media lists them."));
        if (!house.Folder.Has(file)) return ([], Problems.NoSuchFile.Because("There is no such file in the media folder; GET /api/v1/media lists them."));
        var item = new PlaybackItem(file, () => house.Folder.Open(file));
        return ([new PlaybackPart(order.As ?? DefaultName, [item])], null);
    }
}
