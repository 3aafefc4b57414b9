namespace Media.Codecs;

/// <summary>
/// The two things of interest in the VUI of a sequence parameter set (ITU-T H.264 §E.1.1): timing and reordering.
/// Encoders get the VUI wrong more often than the rest, so that a broken one only counts as not there.
/// </summary>
internal readonly record struct VideoUsability(double FrameRate, bool IsFixedFrameRate, int ReorderFrames)
{
    private const uint ExtendedSampleAspectRatio = 255; // table E-1

    public static VideoUsability None { get; } = new(0, false, -1);

    public static VideoUsability Read(ref BitReader reader)
    {
        if (reader.ReadFlag() && reader.Read(8) == ExtendedSampleAspectRatio) reader.Skip(32);
        if (reader.ReadFlag()) reader.Skip(1); // overscan
        if (reader.ReadFlag())                 // video_signal_type
        {
            reader.Skip(4);
            if (reader.ReadFlag()) reader.Skip(24);
        }

        if (reader.ReadFlag()) // chroma_loc_info
        {
            reader.ReadUnsignedGolomb();
            reader.ReadUnsignedGolomb();
        }

        double rate = 0;
        bool isFixed = false;
        if (reader.ReadFlag()) rate = ReadTiming(ref reader, out isFixed);
        if (reader.IsOverrun) return None;
        int reorder = ReadReorder(ref reader);
        return new VideoUsability(rate, isFixed, reorder);
    }

    private static double ReadTiming(ref BitReader reader, out bool isFixed)
    {
        uint ticks = reader.Read(32);
        uint scale = reader.Read(32);
        isFixed = reader.ReadFlag();
        // One tick is a field: two of them are a frame (§E.2.1).
        double rate = ticks == 0 ? 0 : scale / (2.0 * ticks);
        return rate is >= 0.01 and <= 1000 ? rate : 0;
    }

    private static int ReadReorder(ref BitReader reader)
    {
        bool nal = reader.ReadFlag();
        if (nal) SkipHypotheticalDecoder(ref reader);
        bool vcl = reader.ReadFlag();
        if (vcl) SkipHypotheticalDecoder(ref reader);
        if (nal || vcl) reader.Skip(1); // low_delay_hrd_flag
        reader.Skip(1);                 // pic_struct_present_flag
        if (!reader.ReadFlag()) return -1;
        reader.Skip(1);
        for (int i = 0; i < 4; i++) reader.ReadUnsignedGolomb();
        uint reorder = reader.ReadUnsignedGolomb();
        return reader.IsOverrun || reorder > 16 ? -1 : (int)reorder;
    }

    private static void SkipHypotheticalDecoder(ref BitReader reader)
    {
        uint count = Math.Min(reader.ReadUnsignedGolomb(), 31);
        reader.Skip(8);
        for (uint i = 0; i <= count && !reader.IsOverrun; i++)
        {
            reader.ReadUnsignedGolomb();
            reader.ReadUnsignedGolomb();
            reader.Skip(1);
        }

        reader.Skip(20);
    }
}
