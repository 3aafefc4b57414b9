namespace Media.Codecs;

/// <summary>What an AV1 sequence header tells of the pictures (AV1 §5.5).</summary>
public readonly record struct Av1SequenceHeader(byte Profile, int Width, int Height)
{
    /// <summary>seq_level_idx of the first operating point.</summary>
    public byte Level { get; private init; }

    /// <summary>seq_tier of the first operating point.</summary>
    public byte Tier { get; private init; }

    public Av1ColorConfiguration Color { get; private init; }

    public VideoProperties ToVideoProperties() => new(
        Width, Height, 0, Profile, BitDepth: Color.OrUsual.BitDepth, ChromaFormat: Color.OrUsual.ChromaFormat);

    /// <param name="unit">The open bitstream unit with its header, which may have a size field.</param>
    public static bool TryParse(ReadOnlySpan<byte> unit, out Av1SequenceHeader header)
    {
        header = default;
        if (!Av1Obu.TryParse(unit, out Av1Obu obu) || obu.Type != Av1Obu.SequenceHeader) return false;
        ReadOnlySpan<byte> data = unit[obu.HeaderLength..];
        if (obu.HasSize)
        {
            if (!Leb128.TryRead(data, out int length, out int size) || length > data.Length - size) return false;
            data = data.Slice(size, length);
        }

        var bits = new BitReader(data);
        byte profile = (byte)bits.Read(3);
        bits.Skip(1); // still_picture
        bool isReduced = bits.ReadFlag();
        byte level, tier = 0;
        if (isReduced) level = (byte)bits.Read(5);
        else (level, tier) = ReadOperatingPoints(ref bits);
        int widthBits = (int)bits.Read(4) + 1, heightBits = (int)bits.Read(4) + 1;
        int width = (int)bits.Read(widthBits) + 1, height = (int)bits.Read(heightBits) + 1;
        if (bits.IsOverrun) return false;
        header = new Av1SequenceHeader(profile, width, height)
        {
            Level = level, Tier = tier, Color = Av1ColorConfiguration.ReadAfterSize(ref bits, profile, isReduced),
        };
        return true;
    }

    private static (byte Level, byte Tier) ReadOperatingPoints(ref BitReader bits)
    {
        int delayBits = 0;
        bool hasModel = bits.ReadFlag() && SkipTiming(ref bits, out delayBits);
        bool hasDisplayDelay = bits.ReadFlag();
        int points = (int)bits.Read(5) + 1;
        byte firstLevel = 0, firstTier = 0;
        for (int i = 0; i < points && !bits.IsOverrun; i++)
        {
            bits.Skip(12); // operating_point_idc
            byte level = (byte)bits.Read(5), tier = 0;
            if (level > 7) tier = (byte)bits.Read(1);
            if (i == 0) (firstLevel, firstTier) = (level, tier);
            if (hasModel && bits.ReadFlag()) bits.Skip((2 * delayBits) + 1);
            if (hasDisplayDelay && bits.ReadFlag()) bits.Skip(4);
        }

        return (firstLevel, firstTier);
    }

    // timing_info, and decoder_model_info where it follows
    private static bool SkipTiming(ref BitReader bits, out int delayBits)
    {
        delayBits = 0;
        bits.Skip(64);
        if (bits.ReadFlag()) bits.ReadUnsignedGolomb(); // equal_picture_interval: a uvlc, which is coded the same way
        if (!bits.ReadFlag()) return false;
        delayBits = (int)bits.Read(5) + 1;
        bits.Skip(32 + 5 + 5);
        return true;
    }
}
