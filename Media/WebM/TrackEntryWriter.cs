using System.Buffers.Binary;
using Media.Codecs;

namespace Media.WebM;

/// <summary>The Tracks element (RFC 9559 §5.1.4), with the codec mappings of WebM.</summary>
internal static class TrackEntryWriter
{
    private const ulong VideoType = 1;
    private const ulong AudioType = 2;
    private const ulong OpusPreRoll = 80_000_000; // ns, RFC 7845 §4.6

    public static bool Supports(Codec codec) => codec is Codec.Vp8 or Codec.Vp9 or Codec.Av1 or Codec.Opus;

    public static string CodecIdentifier(Codec codec) => codec switch
    {
        Codec.Vp8 => "V_VP8",
        Codec.Vp9 => "V_VP9",
        Codec.Av1 => "V_AV1",
        Codec.Opus => "A_OPUS",
        _ => throw new ArgumentException($"WebM does not take {codec.Name()}.", nameof(codec)),
    };

    public static void Write(EbmlBuilder output, IReadOnlyList<TrackFormat> tracks)
    {
        int content = output.Begin(EbmlId.Tracks);
        for (int i = 0; i < tracks.Count; i++) WriteEntry(output, tracks[i], i + 1);
        output.End(content);
    }

    private static void WriteEntry(EbmlBuilder output, TrackFormat format, int number)
    {
        int entry = output.Begin(EbmlId.TrackEntry);
        output.UnsignedInteger(EbmlId.TrackNumber, (ulong)number);
        output.UnsignedInteger(EbmlId.TrackUid, (ulong)number);
        output.UnsignedInteger(EbmlId.TrackType, format.Kind == MediaKind.Video ? VideoType : AudioType);
        output.UnsignedInteger(EbmlId.FlagLacing, 0);
        output.Binary(EbmlId.Language, "und"u8);
        output.Binary(EbmlId.CodecIdentifier, System.Text.Encoding.ASCII.GetBytes(CodecIdentifier(format.Codec)));
        if (format.Kind == MediaKind.Video) WriteVideo(output, format);
        else WriteAudio(output, format);
        output.End(entry);
    }

    private static void WriteVideo(EbmlBuilder output, TrackFormat format)
    {
        VideoProperties video = format.Video ?? throw new ArgumentException($"{format.Codec.Name()} of unknown size.", nameof(format));
        if (format.Codec == Codec.Av1)
            output.Binary(EbmlId.CodecPrivate, format.Configuration.IsEmpty ? Av1Configuration.Write(video) : format.Configuration.AsSpan());
        int content = output.Begin(EbmlId.Video);
        output.UnsignedInteger(EbmlId.PixelWidth, (ulong)video.Width);
        output.UnsignedInteger(EbmlId.PixelHeight, (ulong)video.Height);
        output.End(content);
    }

    private static void WriteAudio(EbmlBuilder output, TrackFormat format)
    {
        int channels = format.Channels > 1 ? 2 : 1;
        // Identification header, RFC 7845 §5.1: version 1, channels, pre-skip 0, rate, gain 0, mapping family 0
        byte[] head = [.. "OpusHead"u8, 1, (byte)channels, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), OpusPacket.ClockRate);
        output.Binary(EbmlId.CodecPrivate, head);
        output.UnsignedInteger(EbmlId.CodecDelay, 0);
        output.UnsignedInteger(EbmlId.SeekPreRoll, OpusPreRoll);
        int content = output.Begin(EbmlId.Audio);
        output.Float(EbmlId.SamplingFrequency, OpusPacket.ClockRate);
        output.UnsignedInteger(EbmlId.Channels, (ulong)channels);
        output.End(content);
    }
}
