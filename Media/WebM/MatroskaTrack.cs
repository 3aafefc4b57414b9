using System.Buffers.Binary;
using System.Text;
using Media.Codecs;
using Media.Containers;

namespace Media.WebM;

/// <summary>What a TrackEntry says (RFC 9559 §5.1.4.1).</summary>
internal sealed class MatroskaTrack
{
    private const int MaxPrivate = 1 << 20;

    public ulong Number { get; private set; }

    public bool IsVideo { get; private set; }

    public bool IsAudio { get; private set; }

    public Codec Codec { get; private set; }

    public string Name { get; private set; } = "unknown";

    public string? Unsupported { get; private set; }

    public byte[] Private { get; private set; } = [];

    public int Width { get; private set; }

    public int Height { get; private set; }

    public int SampleRate { get; private set; } = 8000;

    public int Channels { get; private set; } = 1;

    /// <summary>Nanoseconds of one frame, or 0 where the file does not say.</summary>
    public long DefaultDuration { get; private set; }

    /// <summary>Nanoseconds that every timestamp is too late by (§5.1.4.1.25).</summary>
    public long CodecDelay { get; private set; }

    /// <summary>Bytes that were taken away from the start of every frame.</summary>
    public byte[] Prefix { get; private set; } = [];

    public static MatroskaTrack Parse(ReadOnlySpan<byte> content)
    {
        var track = new MatroskaTrack();
        string codec = "";
        var elements = new EbmlReader(content);
        while (elements.MoveNext())
        {
            switch (elements.Id)
            {
                case EbmlId.TrackNumber: track.Number = elements.UnsignedInteger(); break;
                case EbmlId.TrackType:
                    track.IsVideo = elements.UnsignedInteger() == 1;
                    track.IsAudio = elements.UnsignedInteger() == 2;
                    break;
                case EbmlId.CodecIdentifier: codec = Printable(elements.Content); break;
                case EbmlId.CodecPrivate when elements.Content.Length <= MaxPrivate: track.Private = elements.Content.ToArray(); break;
                case EbmlId.DefaultDuration: track.DefaultDuration = (long)Math.Min(elements.UnsignedInteger(), 3_600_000_000_000); break;
                case EbmlId.CodecDelay: track.CodecDelay = (long)Math.Min(elements.UnsignedInteger(), 3_600_000_000_000); break;
                case EbmlId.Video or EbmlId.Audio: track.ParseMedium(elements.Content); break;
                case EbmlId.ContentEncodings: track.ParseEncodings(elements.Content); break;
            }
        }

        if (elements.IsMalformed) throw new MediaFileException("An element of a track's description has an impossible size.");
        track.Choose(codec);
        return track;
    }

    private static string Printable(ReadOnlySpan<byte> text)
    {
        string name = Encoding.ASCII.GetString(text[..Math.Min(text.Length, 32)]);
        return string.Concat(name.TrimEnd('\0').Select(letter => letter is >= ' ' and < (char)127 ? letter : '?'));
    }

    private void ParseMedium(ReadOnlySpan<byte> content)
    {
        var elements = new EbmlReader(content);
        while (elements.MoveNext())
        {
            switch (elements.Id)
            {
                case EbmlId.PixelWidth: Width = elements.SmallInteger(); break;
                case EbmlId.PixelHeight: Height = elements.SmallInteger(); break;
                case EbmlId.SamplingFrequency: SampleRate = (int)Math.Clamp(elements.Float(), 0, 1_000_000); break;
                case EbmlId.Channels: Channels = elements.SmallInteger(); break;
            }
        }
    }

    // §5.1.4.1.31: one encoding that strips headers can be undone; the others can't here.
    private void ParseEncodings(ReadOnlySpan<byte> content)
    {
        int count = 0;
        var encodings = new EbmlReader(content);
        while (encodings.MoveNext())
        {
            if (encodings.Id != EbmlId.ContentEncoding) continue;
            ulong algorithm = ulong.MaxValue;
            var elements = new EbmlReader(encodings.Content);
            while (elements.MoveNext())
            {
                if (elements.Id != EbmlId.ContentCompression) continue;
                algorithm = 0;
                var compression = new EbmlReader(elements.Content);
                while (compression.MoveNext())
                {
                    if (compression.Id == EbmlId.ContentCompressionAlgorithm) algorithm = compression.UnsignedInteger();
                    if (compression.Id == EbmlId.ContentCompressionSettings && compression.Content.Length <= 1024) Prefix = compression.Content.ToArray();
                }
            }

            if (algorithm != 3 || ++count > 1) Unsupported = "The track is compressed or encrypted by the file.";
        }
    }

    private void Choose(string codec)
    {
        Codec? known = codec switch
        {
            "V_MPEG4/ISO/AVC" => Codec.H264,
            "V_MPEGH/ISO/HEVC" => Codec.H265,
            "V_VP8" => Codec.Vp8,
            "V_VP9" => Codec.Vp9,
            "V_AV1" => Codec.Av1,
            "A_OPUS" => Codec.Opus,
            "A_MS/ACM" => WaveCodec(Private),
            _ => codec.StartsWith("A_AAC", StringComparison.Ordinal) ? Codec.Aac : null,
        };
        Name = known?.Name() ?? (codec == "A_MPEG/L3" ? "MP3" : codec);
        if (known is { } value) Codec = value;
        else Unsupported ??= $"{Name} is not carried here.";
        if (known is { } kind && kind.Kind() == MediaKind.Video != IsVideo) Unsupported ??= "The track is not of the kind that its codec is.";
        // The first header of Opus counts its channels at byte 9 (RFC 7845 §5.1).
        if (known == Codec.Opus && Private.Length > 9) Channels = Private[9];
        if (known is Codec.Opus or Codec.Pcmu or Codec.Pcma or Codec.Vp8 or Codec.Vp9) Private = [];
    }

    // WAVEFORMATEX: wFormatTag
    private static Codec? WaveCodec(byte[] format) => format.Length < 2 ? null : BinaryPrimitives.ReadUInt16LittleEndian(format) switch
    {
        6 => Media.Codec.Pcma,
        7 => Media.Codec.Pcmu,
        _ => null,
    };
}
