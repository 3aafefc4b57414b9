using Media;

namespace Rooms.Tracks;

public enum TrackForm
{
    /// <summary>Encoded access units.</summary>
    Frames,

    /// <summary>RTP packets.</summary>
    Packets,
}

/// <summary>What a taker needs: the form, the codec, and whether frames must come in presentation order.</summary>
/// <param name="Reencoded">
/// Encoded anew although the source would do: for a keyframe now, where the source's last one is too long ago.
/// </param>
/// <param name="ForBrowsers">No reordering, 8 bit, 4:2:0: what WebRTC receivers can decode.</param>
/// <param name="EncodingId">Of a simulcast source's encodings that one; null = the largest that is live.</param>
public readonly record struct TrackShape(
    TrackForm Form, Codec Codec, bool ForBrowsers = false, bool Reencoded = false, string? EncodingId = null);
