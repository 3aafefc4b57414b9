namespace Media.FFmpeg;

/// <summary>What FFmpeg calls the codecs of the bus.</summary>
internal static class CodecNames
{
    /// <summary>The decoders to try, best first.</summary>
    public static string[] Decoders(Codec codec) => codec switch
    {
        Codec.H264 => ["h264"],
        Codec.H265 => ["hevc"],
        Codec.Vp8 => ["vp8"],
        Codec.Vp9 => ["vp9"],
        Codec.Av1 => ["libdav1d"],
        Codec.Aac => ["aac"],
        Codec.Opus => ["libopus", "opus"],
        Codec.Pcmu => ["pcm_mulaw"],
        Codec.Pcma => ["pcm_alaw"],
        _ => [],
    };

    /// <summary>The encoder that is used, or null where none is.</summary>
    public static string? Encoder(Codec codec) => codec switch
    {
        Codec.H264 => "libx264",
        Codec.Vp8 => "libvpx",
        Codec.Aac => "aac",
        Codec.Opus => "libopus",
        _ => null,
    };
}
