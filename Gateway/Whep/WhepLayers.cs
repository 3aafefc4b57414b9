using System.Text.Json.Serialization;
using Media;
using Rooms;
using Rooms.Tracks;

namespace Gateway.Whep;

/// <summary>One encoding of the video, as the layer extension names it.</summary>
internal sealed record WhepLayer(string EncodingId, int? Width, int? Height, long Bitrate)
{
    /// <summary>The publisher sends it now.</summary>
    [JsonIgnore]
    public bool IsActive { get; init; } = true;
}

/// <summary>What the viewers of a publication can choose from.</summary>
internal static class WhepLayers
{
    /// <summary>Largest first; one where the source has no simulcast, none without video.</summary>
    public static IEnumerable<WhepLayer> Of(PublicationSnapshot publication)
    {
        if (publication.Track(MediaKind.Video) is not { } video) return [];
        return video.Encodings.IsEmpty
            ? [new WhepLayer(PacketEncoding.OnlyId, video.Format.Video?.Width, video.Format.Video?.Height, (long)video.Bitrate)]
            : video.Encodings.Select(encoding => new WhepLayer(encoding.Id, encoding.Width, encoding.Height, (long)encoding.Bitrate)
            {
                IsActive = encoding.IsLive,
            });
    }
}
