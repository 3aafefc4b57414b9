namespace Media;

/// <summary>The codecs that the bus carries.</summary>
public enum Codec
{
    H264,
    H265,
    Vp8,
    Vp9,
    Av1,
    Aac,
    Opus,
    Pcmu,
    Pcma,
}

public enum MediaKind
{
    Audio,
    Video,
}

public static class CodecExtensions
{
    public static MediaKind Kind(this Codec codec) =>
        codec is Codec.Aac or Codec.Opus or Codec.Pcmu or Codec.Pcma ? MediaKind.Audio : MediaKind.Video;

    /// <summary>The name used in SDP, in the API and on the pages.</summary>
    public static string Name(this Codec codec) => codec switch
    {
        Codec.H264 => "H264",
        Codec.H265 => "H265",
        Codec.Vp8 => "VP8",
        Codec.Vp9 => "VP9",
        Codec.Av1 => "AV1",
        Codec.Aac => "AAC",
        Codec.Opus => "opus",
        Codec.Pcmu => "PCMU",
        Codec.Pcma => "PCMA",
        _ => throw new ArgumentOutOfRangeException(nameof(codec)),
    };
}
