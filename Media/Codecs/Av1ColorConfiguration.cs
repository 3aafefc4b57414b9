namespace Media.Codecs;

/// <summary>The color_config of an AV1 sequence header (AV1 §5.5.2), as far as decoders are chosen by it.</summary>
/// <param name="BitDepth">0 where the header ends before it: then it counts as 8, with 4:2:0.</param>
/// <param name="ChromaFormat">0 = monochrome, 1 = 4:2:0, 2 = 4:2:2, 3 = 4:4:4.</param>
public readonly record struct Av1ColorConfiguration(int BitDepth, int ChromaFormat, byte ChromaSamplePosition)
{
    private const uint Bt709 = 1;
    private const uint Unspecified = 2;
    private const uint Srgb = 13;

    /// <summary>The same with what nearly every stream is in the place of what is not known.</summary>
    internal Av1ColorConfiguration OrUsual => BitDepth == 0 ? new Av1ColorConfiguration(8, 1, 0) : this;

    /// <summary>Reads on behind max_frame_height_minus_1.</summary>
    internal static Av1ColorConfiguration ReadAfterSize(ref BitReader bits, byte profile, bool isReduced)
    {
        SkipTools(ref bits, isReduced);
        bool isHigh = bits.ReadFlag();
        int depth = !isHigh ? 8 : profile == 2 && bits.ReadFlag() ? 12 : 10;
        bool isMonochrome = profile != 1 && bits.ReadFlag();
        uint primaries = Unspecified, transfer = Unspecified, matrix = Unspecified;
        if (bits.ReadFlag())
        {
            primaries = bits.Read(8);
            transfer = bits.Read(8);
            matrix = bits.Read(8);
        }

        int chroma = isMonochrome ? 0 : primaries == Bt709 && transfer == Srgb && matrix == 0 ? 3 : ReadChroma(ref bits, profile, depth);
        byte position = chroma == 1 ? (byte)bits.Read(2) : (byte)0;
        return bits.IsOverrun ? default : new Av1ColorConfiguration(depth, chroma, position);
    }

    private static int ReadChroma(ref BitReader bits, byte profile, int depth)
    {
        bits.Skip(1); // color_range
        if (profile == 0) return 1;
        if (profile == 1) return 3;
        if (depth != 12) return 2;
        return !bits.ReadFlag() ? 3 : bits.ReadFlag() ? 1 : 2;
    }

    private static void SkipTools(ref BitReader bits, bool isReduced)
    {
        if (!isReduced && bits.ReadFlag()) bits.Skip(4 + 3); // frame ids
        bits.Skip(3); // superblock size, filter intra, intra edge
        if (!isReduced)
        {
            bits.Skip(4); // interintra, masked, warped, dual filter
            bool hasOrderHint = bits.ReadFlag();
            if (hasOrderHint) bits.Skip(2);
            bool mayForceContent = bits.ReadFlag() || bits.ReadFlag(); // seq_choose_, seq_force_screen_content_tools
            if (mayForceContent && !bits.ReadFlag()) bits.Skip(1);     // seq_choose_integer_mv, seq_force_integer_mv
            if (hasOrderHint) bits.Skip(3);
        }

        bits.Skip(3); // superres, cdef, restoration
    }
}
