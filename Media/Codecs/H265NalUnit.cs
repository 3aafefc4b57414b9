namespace Media.Codecs;

/// <summary>The header of an H.265 NAL unit, and its values (ITU-T H.265 §7.3.1.2, table 7-1).</summary>
/// <remarks>
/// <code>
///  0                   1
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
/// |F|   Type    |  LayerId  | TID |
/// </code>
/// </remarks>
public static class H265NalUnit
{
    public const int HeaderLength = 2;
    public const int FirstIntraRandomAccess = 16;
    public const int LastIntraRandomAccess = 23;
    public const int LastSlice = 31;
    public const int VideoParameterSet = 32;
    public const int SequenceParameterSet = 33;
    public const int PictureParameterSet = 34;
    public const int AccessUnitDelimiter = 35;
    public const int PrefixSei = 39;
    public const int SuffixSei = 40;

    public static int Type(byte header) => (header >> 1) & 0x3f;

    /// <summary>nuh_temporal_id_plus1 less one; -1 = forbidden value.</summary>
    public static int TemporalId(ReadOnlySpan<byte> header) => (header[1] & 7) - 1;

    /// <summary>A slice that no other picture of the same temporal layer refers to: even types below 16.</summary>
    public static bool IsNonReference(int type) => type < FirstIntraRandomAccess && (type & 1) == 0;

    public static bool IsSlice(int type) => type is >= 0 and <= LastSlice;

    /// <summary>A picture at which decoding can begin: IDR, BLA or CRA.</summary>
    public static bool IsRandomAccess(int type) => type is >= FirstIntraRandomAccess and <= LastIntraRandomAccess;

    public static bool IsParameterSet(int type) => type is VideoParameterSet or SequenceParameterSet or PictureParameterSet;

    /// <summary>What a canonical frame holds, as in H.264: slices and SEI.</summary>
    public static bool BelongsInFrame(int type) => IsSlice(type) || type is PrefixSei or SuffixSei;
}
