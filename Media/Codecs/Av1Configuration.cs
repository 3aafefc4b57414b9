namespace Media.Codecs;

/// <summary>AV1CodecConfigurationRecord (AV1 Codec ISO Media File Format Binding §2.3): what MP4, Matroska and enhanced FLV keep of AV1.</summary>
/// <remarks>
/// <code>
/// 1 version 7 | profile 3 level 5 | tier 1 high_bitdepth 1 twelve_bit 1 monochrome 1 subsampling_x 1 _y 1 position 2 | 000 delay 5 | OBUs
/// </code>
/// </remarks>
public static class Av1Configuration
{
    /// <summary>Real sequence headers have some ten bytes; longer ones are left out of the record, where they are optional.</summary>
    public const int MaxLength = 256;

    private const int HeaderLength = 4;
    private const byte MarkerAndVersion = 0x81;
    private const byte UnknownLevel = 31; // "maximum parameters", AV1 §A.3

    /// <summary>Writes the record of a sequence header into a place of <see cref="MaxLength"/> bytes.</summary>
    /// <param name="obuHeader">The first byte of the open bitstream unit.</param>
    /// <param name="payload">The unit without header and size.</param>
    internal static int Write(in Av1SequenceHeader sequence, byte obuHeader, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        WriteHeader(destination, sequence.Profile, sequence.Level, sequence.Tier, sequence.Color.OrUsual);
        if (payload.Length > MaxLength - HeaderLength - 1 - Leb128.SizeOf(payload.Length)) return HeaderLength;
        // Without the extension: the header holds for all layers.
        destination[HeaderLength] = (byte)((obuHeader & 0x78) | Av1Obu.SizeFlag);
        int at = HeaderLength + 1;
        at += Leb128.Write(destination[at..], payload.Length);
        payload.CopyTo(destination[at..]);
        return at + payload.Length;
    }

    /// <summary>The record where nothing but the video's properties is known.</summary>
    public static byte[] Write(VideoProperties video)
    {
        ArgumentNullException.ThrowIfNull(video);
        byte[] record = new byte[HeaderLength];
        WriteHeader(record, video.Profile, UnknownLevel, 0, new Av1ColorConfiguration(video.BitDepth, video.ChromaFormat, 0));
        return record;
    }

    /// <summary>The first sequence header among open bitstream units that each have their size, such as a keyframe.</summary>
    public static bool TryFindSequenceHeader(ReadOnlySpan<byte> units, out Av1SequenceHeader header)
    {
        header = default;
        while (Av1Obu.TryParse(units, out Av1Obu obu))
        {
            if (obu.Type == Av1Obu.SequenceHeader) return Av1SequenceHeader.TryParse(units, out header);
            if (!obu.HasSize || !Leb128.TryRead(units[obu.HeaderLength..], out int length, out int size)) return false;
            if (length > units.Length - obu.HeaderLength - size) return false;
            units = units[(obu.HeaderLength + size + length)..];
        }

        return false;
    }

    /// <summary>The properties that a record tells, of its sequence header where it has one; false where it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> record, out Av1SequenceHeader header)
    {
        header = default;
        if (record.Length < HeaderLength || record[0] != MarkerAndVersion) return false;
        if (!TryFindSequenceHeader(record[HeaderLength..], out header)) header = new Av1SequenceHeader((byte)(record[1] >> 5), 0, 0);
        return true;
    }

    private static void WriteHeader(Span<byte> destination, byte profile, byte level, byte tier, Av1ColorConfiguration color)
    {
        int flags = tier << 7;
        if (color.BitDepth > 8) flags |= 0x40;
        if (color.BitDepth > 10) flags |= 0x20;
        if (color.ChromaFormat == 0) flags |= 0x10;
        if (color.ChromaFormat < 3) flags |= 0x08;
        if (color.ChromaFormat < 2) flags |= 0x04;
        destination[0] = MarkerAndVersion;
        destination[1] = (byte)((profile << 5) | level);
        destination[2] = (byte)(flags | color.ChromaSamplePosition);
        destination[3] = 0;
    }
}
