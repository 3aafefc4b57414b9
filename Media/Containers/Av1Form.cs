using Media.Buffers;
using Media.Codecs;

namespace Media.Containers;

/// <summary>AV1 temporal units: delimiters and padding go, and a sequence header makes the format.</summary>
internal sealed class Av1Form : CanonicalForm
{
    private TrackFormat? _format;

    public Av1Form(ReadOnlySpan<byte> configuration, int width, int height)
    {
        if (!Av1Configuration.TryParse(configuration, out Av1SequenceHeader header)) return;
        if (header.Width == 0) header = new Av1SequenceHeader(header.Profile, width, height);
        if (header.Width > 0 && header.Height > 0) Update(header, configuration);
    }

    public override TrackFormat? Format => _format;

    // Every unit that stays moves towards the start, so that it happens in place.
    protected override bool TryMakeCore(PooledBuffer buffer, int length, bool isSync, out CanonicalSample sample)
    {
        Span<byte> data = buffer.Array.AsSpan(0, length);
        int at = 0, kept = 0;
        bool hasSequence = false;
        Span<byte> record = stackalloc byte[Av1Configuration.MaxLength];
        sample = default;
        while (at < data.Length)
        {
            if (!TryMeasure(data[at..], out Av1Obu obu, out int size, out int payload)) return false;
            if (obu.Type == Av1Obu.SequenceHeader)
            {
                if (!Av1SequenceHeader.TryParse(data.Slice(at, size), out Av1SequenceHeader header)) return false;
                Update(header, record[..Av1Configuration.Write(header, data[at], data.Slice(at + payload, size - payload), record)]);
                hasSequence = true;
            }

            if (obu.Type is not (Av1Obu.TemporalDelimiter or Av1Obu.Padding or Av1Obu.TileList))
            {
                data.Slice(at, size).CopyTo(data[kept..]);
                kept += size;
            }

            at += size;
        }

        sample = new CanonicalSample(buffer, 0, kept, hasSequence || isSync, false);
        return true;
    }

    // Files may leave out the size of the last unit only (AV1 in ISOBMFF §2.4); such a unit is given none: it ends the frame.
    private static bool TryMeasure(ReadOnlySpan<byte> data, out Av1Obu obu, out int size, out int payload)
    {
        size = payload = 0;
        if (!Av1Obu.TryParse(data, out obu)) return false;
        payload = obu.HeaderLength;
        size = data.Length;
        if (!obu.HasSize) return true;
        if (!Leb128.TryRead(data[payload..], out int length, out int sizeLength) || length > data.Length - payload - sizeLength) return false;
        payload += sizeLength;
        size = payload + length;
        return true;
    }

    private void Update(in Av1SequenceHeader header, ReadOnlySpan<byte> record)
    {
        VideoProperties video = header.ToVideoProperties();
        if (_format is not null && video == _format.Video && record.SequenceEqual(_format.Configuration.AsSpan())) return;
        _format = new TrackFormat
        {
            Codec = Codec.Av1, ClockRate = VideoClockRate, Version = (_format?.Version ?? -1) + 1, Video = video, Configuration = [.. record],
        };
    }
}
