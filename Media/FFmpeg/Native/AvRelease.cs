namespace Media.FFmpeg.Native;

/// <summary>
/// What differs between FFmpeg releases: the library majors that belong together, and the few structure offsets that are
/// not part of the prefix that all releases share. Read from the headers of each release; at load a self-check decides.
/// </summary>
/// <param name="PictureTypeOffset">AVFrame.pict_type.</param>
/// <param name="ParameterFormatOffset">AVCodecParameters.format.</param>
internal sealed record AvRelease(
    int Release, int Util, int Codec, int Filter, int PictureTypeOffset, int ParameterFormatOffset)
{
    /// <summary>Newest first: the order in which they are tried.</summary>
    public static IReadOnlyList<AvRelease> Known { get; } =
    [
        new(8, Util: 60, Codec: 62, Filter: 11, PictureTypeOffset: 120, ParameterFormatOffset: 44),
        new(7, Util: 59, Codec: 61, Filter: 10, PictureTypeOffset: 124, ParameterFormatOffset: 44),
        new(6, Util: 58, Codec: 60, Filter: 9, PictureTypeOffset: 124, ParameterFormatOffset: 28),
        new(5, Util: 57, Codec: 59, Filter: 8, PictureTypeOffset: 124, ParameterFormatOffset: 28),
    ];

    /// <summary>The release with these majors, or null: then nothing is known about its structures.</summary>
    public static AvRelease? Find(int util, int codec, int filter) =>
        Known.FirstOrDefault(r => r.Util == util && r.Codec == codec && r.Filter == filter);
}
