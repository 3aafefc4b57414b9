namespace Media.Codecs;

/// <summary>The start of a VP9 frame's uncompressed header (VP9 §6.2).</summary>
/// <param name="Width">0 for other frames than keyframes.</param>
public readonly record struct Vp9Header(bool IsKeyframe, bool IsShown, byte Profile, int Width, int Height)
{
    /// <summary>8, 10 or 12; of keyframes only.</summary>
    public int BitDepth { get; private init; }

    /// <summary>1 = 4:2:0, 2 = 4:2:2, 3 = 4:4:4; of keyframes only.</summary>
    public int ChromaFormat { get; private init; }

    private const uint FrameMarker = 2;
    private const uint SyncCode = 0x498342;
    private const uint Rgb = 7;

    public VideoProperties ToVideoProperties(int width, int height) =>
        new(width, height, 0, Profile, BitDepth: BitDepth, ChromaFormat: ChromaFormat);

    public static bool TryParse(ReadOnlySpan<byte> frame, out Vp9Header header)
    {
        header = default;
        var bits = new BitReader(frame);
        if (bits.Read(2) != FrameMarker) return false;
        byte profile = (byte)(bits.Read(1) | (bits.Read(1) << 1));
        if (profile == 3 && bits.ReadFlag()) return false;
        if (bits.ReadFlag()) // show_existing_frame
        {
            header = new Vp9Header(false, true, profile, 0, 0);
            return !bits.IsOverrun;
        }

        bool isKeyframe = !bits.ReadFlag();
        bool isShown = bits.ReadFlag();
        bits.Skip(1); // error_resilient_mode
        if (isKeyframe) return TryReadKeyframe(ref bits, isShown, profile, out header);
        header = new Vp9Header(false, isShown, profile, 0, 0);
        return !bits.IsOverrun;
    }

    private static bool TryReadKeyframe(ref BitReader bits, bool isShown, byte profile, out Vp9Header header)
    {
        header = default;
        if (bits.Read(24) != SyncCode) return false;
        int depth = profile < 2 ? 8 : bits.ReadFlag() ? 12 : 10; // ten_or_twelve_bit
        bool isRgb = bits.Read(3) == Rgb;
        if (!isRgb) bits.Skip(1); // color_range
        int chroma = isRgb ? 3 : 1;
        if (profile is 1 or 3 && !isRgb)
        {
            bool halvesWidth = bits.ReadFlag(), halvesHeight = bits.ReadFlag();
            chroma = !halvesWidth ? 3 : halvesHeight ? 1 : 2;
        }

        if (profile is 1 or 3) bits.Skip(1); // reserved_zero
        int width = (int)bits.Read(16) + 1, height = (int)bits.Read(16) + 1;
        header = new Vp9Header(true, isShown, profile, width, height) { BitDepth = depth, ChromaFormat = chroma };
        return !bits.IsOverrun;
    }
}
