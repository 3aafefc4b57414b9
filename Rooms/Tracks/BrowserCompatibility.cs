using System.Collections.Immutable;
using Media;

namespace Rooms.Tracks;

/// <summary>Whether browsers can decode a video track over WebRTC as it is, and if not, why.</summary>
public sealed class BrowserCompatibility : IEquatable<BrowserCompatibility>
{
    /// <summary>Nothing was seen yet.</summary>
    public static readonly BrowserCompatibility Unknown = new([], isKnown: false);

    /// <summary>It came from an encoder that makes it for browsers.</summary>
    public static readonly BrowserCompatibility Forwarded = new([], isKnown: true);

    private BrowserCompatibility(ImmutableArray<string> reasons, bool isKnown, bool onlyBFrames = false)
    {
        Reasons = reasons;
        IsKnown = isKnown;
        OnlyBFrames = onlyBFrames;
    }

    /// <summary>Without its B-frames a browser could decode it.</summary>
    public bool OnlyBFrames { get; }

    public bool IsKnown { get; }

    public bool IsCompatible => IsKnown && Reasons.IsEmpty;

    /// <summary>What stands in the way, in plain words.</summary>
    public ImmutableArray<string> Reasons { get; }

    /// <summary>Of packets: which codecs a viewer takes is agreed on with it, but not what they hold.</summary>
    public static BrowserCompatibility OfPackets(TrackFormat format) =>
        format.Video is { } video and ({ ReorderFrames: > 0 } or { BitDepth: > 8 } or { ChromaFormat: 2 or 3 } or { IsInterlaced: true })
            ? Of(format with { Codec = Codec.H264 }, reorderSeen: false)
            : Forwarded;

    public static BrowserCompatibility Of(TrackFormat format, bool reorderSeen)
    {
        bool reorders = reorderSeen || format.Video?.ReorderFrames > 0;
        var reasons = ImmutableArray.CreateBuilder<string>();
        if (format.Codec == Codec.H265) reasons.Add("H.265: most browsers do not decode it over WebRTC");
        if (format.Video is { } video)
        {
            if (reorders) reasons.Add("B-frames: WebRTC receivers cannot reorder");
            if (video.BitDepth > 8) reasons.Add($"{video.BitDepth} bit: browsers decode 8 bit only");
            if (video.ChromaFormat is 2 or 3)
                reasons.Add($"{(video.ChromaFormat == 2 ? "4:2:2" : "4:4:4")} chroma: browsers decode 4:2:0 only");
        }

        // No profile that WebRTC knows has fields, and browsers would show both of a frame at once, as combs.
        if (format.Video is { IsInterlaced: true }) reasons.Add("interlaced pictures: browsers show whole frames only");
        return new BrowserCompatibility(reasons.ToImmutable(), isKnown: true, reorders && reasons.Count == 1);
    }

    public bool Equals(BrowserCompatibility? other) =>
        other is not null && IsKnown == other.IsKnown && Reasons.AsSpan().SequenceEqual(other.Reasons.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as BrowserCompatibility);

    public override int GetHashCode() => HashCode.Combine(IsKnown, Reasons.Length);
}
