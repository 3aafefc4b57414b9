namespace Media.Codecs;

/// <summary>The header of an open bitstream unit (AV1 §5.3.2, §5.3.3).</summary>
/// <remarks>
/// <code>
///  0 1 2 3 4 5 6 7
/// |F| type  |X|S|-|     X: | TID | SID |-|-|-|     S: size of the rest as leb128
/// </code>
/// </remarks>
internal readonly record struct Av1Obu(int Type, bool HasExtension, bool HasSize, byte TemporalId, byte SpatialId)
{
    public const int SequenceHeader = 1;
    public const int TemporalDelimiter = 2;
    public const int FrameHeader = 3;
    public const int TileGroup = 4;
    public const int Frame = 6;
    public const int TileList = 8;
    public const int Padding = 15;

    /// <summary>In the first byte: a size field follows the header.</summary>
    public const byte SizeFlag = 0x02;

    private const byte ForbiddenBit = 0x80;
    private const byte ExtensionFlag = 0x04;

    public int HeaderLength => HasExtension ? 2 : 1;

    public static bool TryParse(ReadOnlySpan<byte> data, out Av1Obu obu)
    {
        obu = default;
        if (data.IsEmpty || (data[0] & ForbiddenBit) != 0) return false;
        bool hasExtension = (data[0] & ExtensionFlag) != 0;
        if (hasExtension && data.Length < 2) return false;
        obu = new Av1Obu(
            (data[0] >> 3) & 15,
            hasExtension,
            (data[0] & SizeFlag) != 0,
            hasExtension ? (byte)(data[1] >> 5) : (byte)0,
            hasExtension ? (byte)((data[1] >> 3) & 3) : (byte)0);
        return true;
    }
}
