namespace Media.Codecs;

/// <summary>The start of a VP9 frame's uncompressed header (VP9 §6.2).</summary>
/// <param name="Width">0 for other frames than keyframes.</param>
public readonly record struct Vp9Header(bool IsKeyframe, bool IsShown, byte Profile, int Width, int Height)
{
    private const uint FrameMarker = 2;
    private const uint SyncCode = 0x498342;
    private const uint Rgb = 7;

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
        int width = 0, height = 0;
        if (isKeyframe && !TryReadSize(ref bits, profile, out width, out height)) return false;
        header = new Vp9Header(isKeyframe, isShown, profile, width, height);
        return !bits.IsOverrun;
    }

    private static bool TryReadSize(ref BitReader bits, byte profile, out int width, out int height)
    {
        width = height = 0;
        if (bits.Read(24) != SyncCode) return false;
        if (profile >= 2) bits.Skip(1); // ten_or_twelve_bit
        bool isRgb = bits.Read(3) == Rgb;
        if (!isRgb) bits.Skip(1); // color_range
        if (profile is 1 or 3) bits.Skip(isRgb ? 1 : 3); // subsampling and a reserved bit
        width = (int)bits.Read(16) + 1;
        height = (int)bits.Read(16) + 1;
        return !bits.IsOverrun;
    }
}
