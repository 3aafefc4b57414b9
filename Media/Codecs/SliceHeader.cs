namespace Media.Codecs;

/// <summary>slice_type modulo 5 (ITU-T H.264 table 7-6).</summary>
public enum SliceType
{
    P,
    B,
    I,
    Sp,
    Si,
}

/// <summary>The first fields of a slice header (ITU-T H.264 §7.3.3): enough to know pictures and B-slices apart.</summary>
public readonly record struct SliceHeader(uint FirstMacroblock, SliceType Type, int PictureParameterSetId)
{
    // Three Exp-Golomb codes of at most 32 bits of value each, with emulation prevention, fit in far less.
    private const int LongestHeader = 40;

    /// <param name="nal">The NAL unit with its header byte.</param>
    public static bool TryParse(ReadOnlySpan<byte> nal, out SliceHeader header)
    {
        header = default;
        if (nal.Length < 2 || !NalUnit.IsSlice(NalUnit.Type(nal[0]))) return false;
        var reader = new BitReader(nal[1..Math.Min(nal.Length, LongestHeader)], skipEmulationPrevention: true);
        uint firstMacroblock = reader.ReadUnsignedGolomb();
        uint type = reader.ReadUnsignedGolomb();
        uint pps = reader.ReadUnsignedGolomb();
        if (reader.IsOverrun || type > 9 || pps > PictureParameterSet.MaxId) return false;
        header = new SliceHeader(firstMacroblock, (SliceType)(type % 5), (int)pps);
        return true;
    }
}
