namespace Media.Codecs;

/// <summary>What an H.264 sequence parameter set says (ITU-T H.264 §7.3.2.1.1 and Annex E).</summary>
public sealed record SequenceParameterSet
{
    public const int MaxId = 31;

    // Level 6.2 ends at 139,264 macroblocks; one side may have sqrt(8 x that) of them (§A.3.1).
    private const int MaxMacroblocksPerSide = 1055;

    public int Id { get; init; }

    public byte Profile { get; init; }

    /// <summary>constraint_set0_flag is the highest bit.</summary>
    public byte Constraints { get; init; }

    public byte Level { get; init; }

    /// <summary>1 = 4:2:0, 2 = 4:2:2, 3 = 4:4:4, 0 = monochrome.</summary>
    public int ChromaFormat { get; init; } = 1;

    public int BitDepthLuma { get; init; } = 8;

    public int BitDepthChroma { get; init; } = 8;

    /// <summary>In pixels, cropping applied.</summary>
    public int Width { get; init; }

    public int Height { get; init; }

    /// <summary>False: the stream may hold interlaced fields.</summary>
    public bool FrameMacroblocksOnly { get; init; }

    public int PictureOrderCountType { get; init; }

    public int MaxReferenceFrames { get; init; }

    /// <summary>0 where the stream does not say.</summary>
    public double FrameRate { get; init; }

    public bool IsFixedFrameRate { get; init; }

    /// <summary>max_num_reorder_frames, or what follows from profile and picture order; -1 where nothing tells.</summary>
    public int ReorderFrames { get; init; }

    public VideoProperties ToVideoProperties() => new(
        Width, Height, FrameRate, Profile, Constraints, Level, Math.Max(BitDepthLuma, BitDepthChroma), ChromaFormat,
        ReorderFrames, IsInterlaced: !FrameMacroblocksOnly);

    /// <param name="nal">The NAL unit with its header byte.</param>
    public static bool TryParse(ReadOnlySpan<byte> nal, out SequenceParameterSet? sps)
    {
        sps = null;
        if (nal.Length < 5 || NalUnit.Type(nal[0]) != NalUnit.SequenceParameterSet) return false;
        var reader = new BitReader(nal[1..], skipEmulationPrevention: true);
        byte profile = (byte)reader.Read(8);
        byte constraints = (byte)reader.Read(8);
        byte level = (byte)reader.Read(8);
        uint id = reader.ReadUnsignedGolomb();
        if (id > MaxId || !TryReadChroma(ref reader, profile, out ChromaFields chroma)) return false;
        reader.ReadUnsignedGolomb(); // log2_max_frame_num_minus4
        if (!TrySkipPictureOrder(ref reader, out int orderType)) return false;
        uint references = reader.ReadUnsignedGolomb();
        reader.Skip(1); // gaps_in_frame_num_value_allowed_flag
        if (!TryReadSize(ref reader, chroma, out int width, out int height, out bool framesOnly)) return false;
        VideoUsability usability = reader.ReadFlag() ? VideoUsability.Read(ref reader) : VideoUsability.None;
        sps = new SequenceParameterSet
        {
            Id = (int)id,
            Profile = profile,
            Constraints = constraints,
            Level = level,
            ChromaFormat = chroma.Format,
            BitDepthLuma = chroma.Luma,
            BitDepthChroma = chroma.Chroma,
            Width = width,
            Height = height,
            FrameMacroblocksOnly = framesOnly,
            PictureOrderCountType = orderType,
            MaxReferenceFrames = (int)Math.Min(references, 16),
            FrameRate = usability.FrameRate,
            IsFixedFrameRate = usability.IsFixedFrameRate,
            ReorderFrames = InferReorder(usability.ReorderFrames, profile, constraints, orderType),
        };
        return true;
    }

    private static bool TryReadChroma(ref BitReader reader, byte profile, out ChromaFields chroma)
    {
        chroma = new ChromaFields(1, false, 8, 8);
        if (!HasChromaFields(profile)) return true;
        uint format = reader.ReadUnsignedGolomb();
        if (format > 3) return false;
        bool separatePlanes = format == 3 && reader.ReadFlag();
        uint luma = reader.ReadUnsignedGolomb();
        uint colour = reader.ReadUnsignedGolomb();
        if (luma > 6 || colour > 6) return false;
        reader.Skip(1); // qpprime_y_zero_transform_bypass_flag
        if (reader.ReadFlag()) SkipScalingLists(ref reader, format == 3 ? 12 : 8);
        chroma = new ChromaFields((int)format, separatePlanes, (int)luma + 8, (int)colour + 8);
        return !reader.IsOverrun;
    }

    private static bool HasChromaFields(byte profile) =>
        profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135;

    private static void SkipScalingLists(ref BitReader reader, int lists)
    {
        for (int list = 0; list < lists; list++)
        {
            if (!reader.ReadFlag()) continue;
            int last = 8, next = 8;
            for (int i = 0; i < (list < 6 ? 16 : 64); i++)
            {
                if (next != 0) next = (last + reader.ReadSignedGolomb()) & 0xff;
                if (next != 0) last = next;
            }
        }
    }

    private static bool TrySkipPictureOrder(ref BitReader reader, out int type)
    {
        type = (int)Math.Min(reader.ReadUnsignedGolomb(), 3);
        if (type == 0) reader.ReadUnsignedGolomb();
        if (type == 1)
        {
            reader.Skip(1);
            reader.ReadSignedGolomb();
            reader.ReadSignedGolomb();
            uint cycle = reader.ReadUnsignedGolomb();
            if (cycle > 255) return false;
            for (uint i = 0; i < cycle; i++) reader.ReadSignedGolomb();
        }

        return type <= 2 && !reader.IsOverrun;
    }

    private static bool TryReadSize(
        ref BitReader reader, ChromaFields chroma, out int width, out int height, out bool framesOnly)
    {
        width = height = 0;
        uint columns = reader.ReadUnsignedGolomb();
        uint rows = reader.ReadUnsignedGolomb();
        framesOnly = reader.ReadFlag();
        if (!framesOnly) reader.Skip(1); // mb_adaptive_frame_field_flag
        reader.Skip(1); // direct_8x8_inference_flag
        if (columns >= MaxMacroblocksPerSide || rows >= MaxMacroblocksPerSide) return false;
        int fieldsPerFrame = framesOnly ? 1 : 2;
        width = ((int)columns + 1) * 16;
        height = ((int)rows + 1) * 16 * fieldsPerFrame;
        if (reader.ReadFlag() && !TryCrop(ref reader, chroma, fieldsPerFrame, ref width, ref height)) return false;
        return !reader.IsOverrun;
    }

    private static bool TryCrop(
        ref BitReader reader, ChromaFields chroma, int fieldsPerFrame, ref int width, ref int height)
    {
        // §7.4.2.1.1, equations 7-19 to 7-22: the unit is a chroma sample, in fields twice as high.
        bool planar = chroma.Format != 0 && !chroma.SeparatePlanes;
        int unitX = planar && chroma.Format is 1 or 2 ? 2 : 1;
        int unitY = (planar && chroma.Format == 1 ? 2 : 1) * fieldsPerFrame;
        long horizontal = ((long)reader.ReadUnsignedGolomb() + reader.ReadUnsignedGolomb()) * unitX;
        long vertical = ((long)reader.ReadUnsignedGolomb() + reader.ReadUnsignedGolomb()) * unitY;
        if (horizontal >= width || vertical >= height) return false;
        width -= (int)horizontal;
        height -= (int)vertical;
        return true;
    }

    private static int InferReorder(int signalled, byte profile, byte constraints, int orderType)
    {
        if (signalled >= 0) return signalled;
        if (orderType == 2) return 0; // output order is decoding order, §8.2.1.3
        if (profile == 66) return 0;  // Baseline has no B-slices
        bool intraOnly = (constraints & 0x10) != 0 && profile is 44 or 86 or 100 or 110 or 122 or 244;
        return intraOnly ? 0 : -1; // §E.2.1
    }

    private readonly record struct ChromaFields(int Format, bool SeparatePlanes, int Luma, int Chroma);
}
