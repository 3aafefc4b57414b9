using System.Collections.Immutable;

namespace Media;

/// <summary>
/// What a track carries. Immutable: a change of codec, size or parameter sets makes a new format with a higher
/// <see cref="Version"/>, which takers see before the first frame that needs it.
/// </summary>
public sealed record TrackFormat
{
    public required Codec Codec { get; init; }

    /// <summary>Ticks per second of every time on the track: video 90,000, audio its sampling rate.</summary>
    public required int ClockRate { get; init; }

    public int Version { get; init; }

    /// <summary>Audio channels; 0 for video.</summary>
    public int Channels { get; init; }

    /// <summary>Null for audio, and for video whose parameters are not known yet.</summary>
    public VideoProperties? Video { get; init; }

    /// <summary>
    /// AudioSpecificConfig for AAC, AVCDecoderConfigurationRecord for H.264, HEVCDecoderConfigurationRecord for H.265,
    /// AV1CodecConfigurationRecord for AV1; empty where the codec has none.
    /// </summary>
    public ImmutableArray<byte> Configuration { get; init; } = [];

    /// <summary>Raw NAL units without length or start code, sequence sets first: to be sent before each keyframe.</summary>
    public ImmutableArray<ImmutableArray<byte>> ParameterSets { get; init; } = [];

    public MediaKind Kind => Codec.Kind();

    /// <summary>True where a decoder that was set up for <paramref name="other"/> needs nothing new.</summary>
    public bool SameAs(TrackFormat? other) =>
        other is not null && Codec == other.Codec && ClockRate == other.ClockRate && Channels == other.Channels
        && Video == other.Video && Configuration.AsSpan().SequenceEqual(other.Configuration.AsSpan())
        && SameSets(ParameterSets, other.ParameterSets);

    private static bool SameSets(ImmutableArray<ImmutableArray<byte>> a, ImmutableArray<ImmutableArray<byte>> b)
    {
        if (a.Length != b.Length) return false;
        for (int i = 0; i < a.Length; i++)
            if (!a[i].AsSpan().SequenceEqual(b[i].AsSpan())) return false;
        return true;
    }
}

/// <summary>What the video's own parameter sets say.</summary>
/// <param name="FrameRate">Frames per second as signalled, or 0 where the stream does not say.</param>
/// <param name="Profile">profile_idc; for H.264 100 = High, 66 = Baseline.</param>
/// <param name="Constraints">The constraint_set flags byte of H.264.</param>
/// <param name="Level">level_idc.</param>
/// <param name="ChromaFormat">chroma_format_idc: 1 = 4:2:0, 2 = 4:2:2, 3 = 4:4:4.</param>
/// <param name="ReorderFrames">Frames that a decoder may hold back (B-frames when above 0); -1 = not signalled.</param>
/// <param name="IsInterlaced">Frames may consist of two fields, taken one after the other.</param>
public sealed record VideoProperties(
    int Width,
    int Height,
    double FrameRate,
    byte Profile = 0,
    byte Constraints = 0,
    byte Level = 0,
    int BitDepth = 8,
    int ChromaFormat = 1,
    int ReorderFrames = 0,
    bool IsInterlaced = false);
