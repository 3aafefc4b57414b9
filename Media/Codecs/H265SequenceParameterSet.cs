namespace Media.Codecs;

/// <summary>What an H.265 sequence parameter set says (ITU-T H.265 §7.3.2.2), up to the reordering of pictures.</summary>
public sealed record H265SequenceParameterSet
{
    private const int MaxSide = 16_888; // level 6.2: sqrt(8 x MaxLumaPs), §A.4.1

    public int Id { get; private init; }

    public int TemporalLayers { get; private init; }

    public bool IsTemporallyNested { get; private init; }

    /// <summary>general_profile_space, general_tier_flag and general_profile_idc in one byte.</summary>
    public byte ProfileByte { get; private init; }

    public uint CompatibilityFlags { get; private init; }

    /// <summary>The 48 bits after the compatibility flags.</summary>
    public ulong ConstraintFlags { get; private init; }

    /// <summary>general_level_idc: thirty times the level.</summary>
    public byte Level { get; private init; }

    public int ChromaFormat { get; private init; }

    public int BitDepthLuma { get; private init; }

    public int BitDepthChroma { get; private init; }

    /// <summary>In pixels, conformance window applied.</summary>
    public int Width { get; private init; }

    public int Height { get; private init; }

    public int ReorderFrames { get; private init; }

    public VideoProperties ToVideoProperties() => new(
        Width, Height, 0, (byte)(ProfileByte & 0x1f), 0, Level, Math.Max(BitDepthLuma, BitDepthChroma), ChromaFormat, ReorderFrames);

    /// <param name="nal">The NAL unit with its header.</param>
    public static bool TryParse(ReadOnlySpan<byte> nal, out H265SequenceParameterSet? sps)
    {
        sps = null;
        if (nal.Length < 16 || H265NalUnit.Type(nal[0]) != H265NalUnit.SequenceParameterSet) return false;
        var bits = new BitReader(nal[H265NalUnit.HeaderLength..], skipEmulationPrevention: true);
        bits.Skip(4); // sps_video_parameter_set_id
        int subLayers = (int)bits.Read(3);
        bool isNested = bits.ReadFlag();
        byte profile = (byte)bits.Read(8);
        uint compatibility = bits.Read(32);
        ulong constraints = ((ulong)bits.Read(16) << 32) | bits.Read(32);
        byte level = (byte)bits.Read(8);
        SkipSubLayers(ref bits, subLayers);
        uint id = bits.ReadUnsignedGolomb();
        uint chroma = bits.ReadUnsignedGolomb();
        if (id > 15 || chroma > 3 || subLayers > 6) return false;
        bool planar = chroma != 3 || !bits.ReadFlag(); // separate_colour_plane_flag
        if (!TryReadSize(ref bits, planar ? (int)chroma : 0, out int width, out int height)) return false;
        uint luma = bits.ReadUnsignedGolomb(), colour = bits.ReadUnsignedGolomb();
        if (luma > 8 || colour > 8) return false;
        bits.ReadUnsignedGolomb(); // log2_max_pic_order_cnt_lsb_minus4
        int reorder = ReadReorder(ref bits, subLayers);
        if (bits.IsOverrun) return false;
        sps = new H265SequenceParameterSet
        {
            Id = (int)id, TemporalLayers = subLayers + 1, IsTemporallyNested = isNested, ProfileByte = profile,
            CompatibilityFlags = compatibility, ConstraintFlags = constraints, Level = level, ChromaFormat = (int)chroma,
            BitDepthLuma = (int)luma + 8, BitDepthChroma = (int)colour + 8, Width = width, Height = height, ReorderFrames = reorder,
        };
        return true;
    }

    // The rest of profile_tier_level, §7.3.3
    private static void SkipSubLayers(ref BitReader bits, int subLayers)
    {
        if (subLayers == 0) return;
        uint present = bits.Read(16); // two flags for each of eight, the unused ones zero
        for (int i = 0; i < subLayers; i++, present <<= 2)
        {
            if ((present & 0x8000) != 0) bits.Skip(88);
            if ((present & 0x4000) != 0) bits.Skip(8);
        }
    }

    private static bool TryReadSize(ref BitReader bits, int chroma, out int width, out int height)
    {
        uint fullWidth = bits.ReadUnsignedGolomb(), fullHeight = bits.ReadUnsignedGolomb();
        width = height = 0;
        if (fullWidth is 0 or > MaxSide || fullHeight is 0 or > MaxSide) return false;
        (width, height) = ((int)fullWidth, (int)fullHeight);
        if (!bits.ReadFlag()) return !bits.IsOverrun;
        int unitX = chroma is 1 or 2 ? 2 : 1, unitY = chroma == 1 ? 2 : 1; // table 6-1
        long horizontal = ((long)bits.ReadUnsignedGolomb() + bits.ReadUnsignedGolomb()) * unitX;
        long vertical = ((long)bits.ReadUnsignedGolomb() + bits.ReadUnsignedGolomb()) * unitY;
        if (bits.IsOverrun || horizontal >= width || vertical >= height) return false;
        width -= (int)horizontal;
        height -= (int)vertical;
        return true;
    }

    private static int ReadReorder(ref BitReader bits, int subLayers)
    {
        bool isEach = bits.ReadFlag();
        uint reorder = 0;
        for (int i = isEach ? 0 : subLayers; i <= subLayers; i++)
        {
            bits.ReadUnsignedGolomb(); // sps_max_dec_pic_buffering_minus1
            reorder = bits.ReadUnsignedGolomb();
            bits.ReadUnsignedGolomb(); // sps_max_latency_increase_plus1
        }

        return (int)Math.Min(reorder, 16);
    }
}
