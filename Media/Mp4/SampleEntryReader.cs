using System.Buffers.Binary;
using Media.Codecs;
using Media.Containers;

namespace Media.Mp4;

/// <summary>What a sample entry says: the codec with what it needs, or why it can't be read.</summary>
internal ref struct SampleEntryReader
{
    private const int VideoFields = 78;
    private const int AudioFields = 28;
    private const byte AacObject = 0x40;

    private SampleEntryReader(string name, string? unsupported)
    {
        Name = name;
        Unsupported = unsupported;
    }

    public Codec Codec { get; private set; }

    /// <summary>For people to read.</summary>
    public string Name { get; private set; }

    public string? Unsupported { get; private set; }

    /// <summary>What <see cref="CanonicalForm.For"/> takes.</summary>
    public ReadOnlySpan<byte> Configuration { get; private set; }

    public int Width { get; private set; }

    public int Height { get; private set; }

    public int SampleRate { get; private set; }

    public int Channels { get; private set; }

    /// <param name="entry">With its header; may be empty.</param>
    public static SampleEntryReader Read(ReadOnlySpan<byte> entry, bool isVideo)
    {
        if (entry.Length < 8) return new SampleEntryReader("unknown", "The file does not say how the track is coded.");
        uint type = BinaryPrimitives.ReadUInt32BigEndian(entry[4..]);
        string name = BoxType.Name(type);
        var result = new SampleEntryReader(name, $"{name} is not carried here.");
        if (type is BoxType.Encv or BoxType.Enca) return new SampleEntryReader(name, "The track is encrypted.");
        ReadOnlySpan<byte> content = entry[8..];
        if (content.Length < (isVideo ? VideoFields : AudioFields)) return new SampleEntryReader(name, "The track's sample entry is too short.");
        if (isVideo) result.ReadVideo(type, content);
        else result.ReadAudio(type, content);
        return result;
    }

    private void ReadVideo(uint type, ReadOnlySpan<byte> content)
    {
        Width = BinaryPrimitives.ReadUInt16BigEndian(content[24..]);
        Height = BinaryPrimitives.ReadUInt16BigEndian(content[26..]);
        ReadOnlySpan<byte> boxes = content[VideoFields..];
        switch (type)
        {
            case BoxType.Avc1 or BoxType.Avc3: Take(Codec.H264, BoxReader.Find(boxes, BoxType.AvcC)); break;
            case BoxType.Hvc1 or BoxType.Hev1: Take(Codec.H265, BoxReader.Find(boxes, BoxType.HvcC)); break;
            case BoxType.Av01: Take(Codec.Av1, BoxReader.Find(boxes, BoxType.Av1C)); break;
            case BoxType.Vp08: Take(Codec.Vp8, default); break;
            case BoxType.Vp09: Take(Codec.Vp9, default); break;
        }
    }

    private void ReadAudio(uint type, ReadOnlySpan<byte> content)
    {
        Channels = BinaryPrimitives.ReadUInt16BigEndian(content[16..]);
        SampleRate = (int)(BinaryPrimitives.ReadUInt32BigEndian(content[24..]) >> 16);
        // QuickTime's versions 1 and 2 have more fields.
        int extra = BinaryPrimitives.ReadUInt16BigEndian(content[8..]) switch { 1 => 16, 2 => 36, _ => 0 };
        ReadOnlySpan<byte> boxes = content[Math.Min(content.Length, AudioFields + extra)..];
        switch (type)
        {
            case BoxType.Ulaw: Take(Codec.Pcmu, default); break;
            case BoxType.Alaw: Take(Codec.Pcma, default); break;
            case BoxType.Mp3: (Name, Unsupported) = ("MP3", "MP3 is not carried here."); break;
            case BoxType.Opus:
                ReadOnlySpan<byte> specific = BoxReader.Find(boxes, BoxType.OpusSpecific);
                if (specific.Length > 1) Channels = specific[1];
                Take(Codec.Opus, default);
                break;
            case BoxType.Mp4a:
                ReadOnlySpan<byte> descriptor = BoxReader.Find(boxes, BoxType.Esds);
                if (descriptor.IsEmpty) descriptor = BoxReader.Find(BoxReader.Find(boxes, BoxType.Wave), BoxType.Esds);
                ReadDescriptors(descriptor);
                break;
        }
    }

    private void Take(Codec codec, ReadOnlySpan<byte> configuration)
    {
        (Codec, Name, Unsupported) = (codec, codec.Name(), null);
        Configuration = configuration;
    }

    // ES_Descriptor > DecoderConfigDescriptor > DecoderSpecificInfo (ISO/IEC 14496-1 §7.2.6)
    private void ReadDescriptors(ReadOnlySpan<byte> content)
    {
        Unsupported = "The track's decoder description (esds) is missing or broken.";
        if (content.Length < 4 || !TryOpen(content[4..], 0x03, out ReadOnlySpan<byte> stream) || stream.Length < 3) return;
        int skip = 3;
        if ((stream[2] & 0x80) != 0) skip += 2;
        if ((stream[2] & 0x40) != 0) skip += stream.Length > skip ? 1 + stream[skip] : 1;
        if ((stream[2] & 0x20) != 0) skip += 2;
        if (skip > stream.Length || !TryOpen(stream[skip..], 0x04, out ReadOnlySpan<byte> decoder) || decoder.Length < 13) return;
        byte type = decoder[0];
        if (type is 0x69 or 0x6b)
        {
            (Name, Unsupported) = ("MP3", "MP3 is not carried here.");
            return;
        }

        if (type is not (AacObject or 0x66 or 0x67 or 0x68))
        {
            Unsupported = $"Sound of object type 0x{type:x2} is not carried here.";
            return;
        }

        if (TryOpen(decoder[13..], 0x05, out ReadOnlySpan<byte> specific)) Take(Codec.Aac, specific);
    }

    // | tag 8 | length: seven bits per byte, at most four of them | content |
    private static bool TryOpen(ReadOnlySpan<byte> data, byte tag, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (data.IsEmpty || data[0] != tag) return false;
        int length = 0;
        for (int at = 1; at < Math.Min(5, data.Length); at++)
        {
            length = (length << 7) | (data[at] & 0x7f);
            if ((data[at] & 0x80) != 0) continue;
            content = data[(at + 1)..];
            content = content[..Math.Min(length, content.Length)];
            return true;
        }

        return false;
    }
}
