namespace Media.Codecs;

/// <summary>The header byte of an H.264 NAL unit, and its values (ITU-T H.264 §7.4.1, table 7-1).</summary>
/// <remarks>
/// <code>
/// +---------------+
/// |0|1|2|3|4|5|6|7|
/// +-+-+-+-+-+-+-+-+
/// |F|NRI|  Type   |
/// +---------------+
/// </code>
/// </remarks>
public static class NalUnit
{
    public const int NonIdrSlice = 1;
    public const int DataPartitionA = 2;
    public const int DataPartitionC = 4;
    public const int IdrSlice = 5;
    public const int Sei = 6;
    public const int SequenceParameterSet = 7;
    public const int PictureParameterSet = 8;
    public const int AccessUnitDelimiter = 9;
    public const int EndOfSequence = 10;
    public const int EndOfStream = 11;
    public const int Filler = 12;

    /// <summary>The bytes before each NAL unit of a canonical frame.</summary>
    public const int LengthSize = 4;

    public static int Type(byte header) => header & 0x1f;

    /// <summary>0 = no other picture refers to this one.</summary>
    public static int RefIdc(byte header) => (header >> 5) & 3;

    /// <summary>A slice, or the first partition of one: what has a slice header.</summary>
    public static bool IsSlice(int type) => type is NonIdrSlice or DataPartitionA or IdrSlice;

    /// <summary>
    /// What a canonical frame holds: slices and SEI. Parameter sets travel in the format, delimiters and filler carry
    /// nothing, and the numbers above 23 would mean aggregation and fragments to an RTP receiver.
    /// </summary>
    public static bool BelongsInFrame(int type) => type is >= NonIdrSlice and <= Sei;
}
