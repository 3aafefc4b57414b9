using System.Collections.Immutable;
using Media.Codecs;

namespace Media.Mp4;

/// <summary>The sample entry that tells a player how to decode a track (ISO/IEC 14496-12 §8.5.2, §12.1.3, §12.2.3).</summary>
internal static class SampleEntryWriter
{
    private const int MaxSampleRateField = 65_535;

    public static bool Supports(Codec codec) =>
        codec is Codec.H264 or Codec.H265 or Codec.Av1 or Codec.Vp9 or Codec.Aac or Codec.Opus;

    /// <summary>Writes the entry of a format; one that lacks what its codec needs is our own mistake.</summary>
    public static byte[] Write(TrackFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        var output = new BoxBuilder();
        switch (format.Codec)
        {
            case Codec.H264: WriteVideo(output, format, BoxType.Avc1, BoxType.AvcC, Configuration(format, AvcConfiguration.Write)); break;
            case Codec.H265: WriteVideo(output, format, BoxType.Hvc1, BoxType.HvcC, Configuration(format, H265Configuration.Write)); break;
            case Codec.Av1: WriteVideo(output, format, BoxType.Av01, BoxType.Av1C, Av1Record(format)); break;
            case Codec.Vp9: WriteVideo(output, format, BoxType.Vp09, BoxType.VpcC, Vp9Record(format.Video!)); break;
            case Codec.Aac: WriteAac(output, format); break;
            case Codec.Opus: WriteOpus(output, format); break;
            default: throw new ArgumentException($"MP4 does not take {format.Codec.Name()} here.", nameof(format));
        }

        return output.Written.ToArray();
    }

    private static ReadOnlySpan<byte> Configuration(
        TrackFormat format, Func<ImmutableArray<ImmutableArray<byte>>, ImmutableArray<byte>> write)
    {
        // The sets win: they are what the stream itself showed, and 4-byte lengths are what canonical frames have.
        ImmutableArray<byte> record = write(format.ParameterSets);
        if (record.IsEmpty) record = format.Configuration;
        if (record.IsEmpty) throw new ArgumentException($"{format.Codec.Name()} without parameter sets.", nameof(format));
        return record.AsSpan();
    }

    private static ReadOnlySpan<byte> Av1Record(TrackFormat format) =>
        format.Configuration.IsEmpty ? Av1Configuration.Write(format.Video!) : format.Configuration.AsSpan();

    // VP Codec ISO Media File Format Binding §2.2: version 1, then the record
    private static byte[] Vp9Record(VideoProperties video)
    {
        const int Unspecified = 2;
        int subsampling = video.ChromaFormat switch { 2 => 2, 3 => 3, _ => 1 };
        return
        [
            1, 0, 0, 0, video.Profile, Vp9Level(video), (byte)((video.BitDepth << 4) | (subsampling << 1)),
            Unspecified, Unspecified, Unspecified, 0, 0,
        ];
    }

    // VP9 levels by picture size: the frame rate is not known here, and no player looks at more.
    private static byte Vp9Level(VideoProperties video) => ((long)video.Width * video.Height) switch
    {
        <= 36_864 => 10,
        <= 73_728 => 11,
        <= 122_880 => 20,
        <= 245_760 => 21,
        <= 552_960 => 30,
        <= 983_040 => 31,
        <= 2_228_224 => 41,
        <= 8_912_896 => 51,
        _ => 61,
    };

    private static void WriteVideo(BoxBuilder output, TrackFormat format, uint type, uint recordType, ReadOnlySpan<byte> record)
    {
        VideoProperties video = format.Video
            ?? throw new ArgumentException($"{format.Codec.Name()} of unknown size.", nameof(format));
        int entry = output.Begin(type);
        output.Zeros(6);
        output.UInt16(1); // data_reference_index
        output.Zeros(16);
        output.UInt16(Math.Min(video.Width, ushort.MaxValue));
        output.UInt16(Math.Min(video.Height, ushort.MaxValue));
        output.UInt32(0x00480000); // 72 dpi
        output.UInt32(0x00480000);
        output.UInt32(0);
        output.UInt16(1); // frame_count
        output.Zeros(32); // compressorname
        output.UInt16(0x0018);
        output.UInt16(0xffff);
        int box = output.Begin(recordType);
        output.Bytes(record);
        output.End(box);
        output.End(entry);
    }

    private static int BeginAudio(BoxBuilder output, TrackFormat format, uint type)
    {
        int entry = output.Begin(type);
        output.Zeros(6);
        output.UInt16(1);
        output.Zeros(8);
        output.UInt16(format.Channels);
        output.UInt16(16); // samplesize
        output.UInt32(0);
        output.UInt32(format.ClockRate > MaxSampleRateField ? 0 : (uint)format.ClockRate << 16);
        return entry;
    }

    // ISO/IEC 14496-14 §6.7.2, descriptors of ISO/IEC 14496-1 §7.2.6
    private static void WriteAac(BoxBuilder output, TrackFormat format)
    {
        int specific = format.Configuration.Length;
        if (specific is 0 or > 64) throw new ArgumentException("AAC without a usable AudioSpecificConfig.", nameof(format));
        int entry = BeginAudio(output, format, BoxType.Mp4a);
        int box = output.Begin(BoxType.Esds, 0, 0);
        output.Bytes([0x03, (byte)(3 + 2 + 13 + 2 + specific + 3), 0, 0, 0]);      // ES_Descriptor, ES_ID 0
        output.Bytes([0x04, (byte)(13 + 2 + specific), 0x40, 0x15, 0, 0, 0]);      // DecoderConfigDescriptor: AAC, audio
        output.Zeros(8);                                                           // bit rates: not known
        output.Bytes([0x05, (byte)specific]);                                      // DecoderSpecificInfo
        output.Bytes(format.Configuration.AsSpan());
        output.Bytes([0x06, 1, 2]);                                                // SLConfigDescriptor: MP4
        output.End(box);
        output.End(entry);
    }

    // Encapsulation of Opus in ISO Base Media File Format §4.3
    private static void WriteOpus(BoxBuilder output, TrackFormat format)
    {
        int entry = BeginAudio(output, format, BoxType.Opus);
        int box = output.Begin(BoxType.OpusSpecific);
        output.UInt8(0);
        output.UInt8(format.Channels > 1 ? 2 : 1);
        output.UInt16(0); // PreSkip: a stream that is joined has nothing to skip, and its times are not shifted
        output.UInt32(OpusPacket.ClockRate);
        output.UInt16(0); // gain
        output.UInt8(0);  // mapping family: mono or stereo
        output.End(box);
        output.End(entry);
    }
}
