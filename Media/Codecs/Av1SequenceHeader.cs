namespace Media.Codecs;

/// <summary>The size of the pictures in an AV1 sequence header (AV1 §5.5.1), as WebRTC encoders write it.</summary>
public readonly record struct Av1SequenceHeader(int Width, int Height)
{
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

        var reader = new BitReader(data);
        reader.Skip(4); // seq_profile, still_picture
        if (reader.ReadFlag()) reader.Skip(5); // reduced_still_picture_header: seq_level_idx
        else if (!TrySkipOperatingPoints(ref reader)) return false;
        int widthBits = (int)reader.Read(4) + 1;
        int heightBits = (int)reader.Read(4) + 1;
        header = new Av1SequenceHeader((int)reader.Read(widthBits) + 1, (int)reader.Read(heightBits) + 1);
        return !reader.IsOverrun;
    }

    private static bool TrySkipOperatingPoints(ref BitReader reader)
    {
        if (reader.ReadFlag()) return false; // timing_info: no WebRTC encoder writes it
        bool hasDisplayDelay = reader.ReadFlag();
        for (uint left = reader.Read(5) + 1; left > 0; left--)
        {
            reader.Skip(12); // operating_point_idc
            if (reader.Read(5) > 7) reader.Skip(1); // seq_level_idx, seq_tier
            if (hasDisplayDelay && reader.ReadFlag()) reader.Skip(4);
        }

        return true;
    }
}
