using Media.Buffers;
using Media.Codecs;
using Media.Containers;
using Media.Timing;

namespace Media.WebM;

/// <summary>Makes frames of one track's blocks.</summary>
internal sealed class WebMTrackReader(int number, MatroskaTrack track, CanonicalForm form, FileWindow file, BufferPool pool, long scale)
{
    private const int MaxFrame = 64 << 20;
    private const long Nanoseconds = 1_000_000_000;
    private const long UsualFrame = 40_000_000;

    private readonly DecodeClock _decode = new();
    private SampleGrid _grid = new();

    public int Number { get; } = number;

    public ulong TrackNumber => track.Number;

    public bool IsVideo => track.IsVideo;

    public TrackFormat? Format => form.Format;

    /// <summary>Nanoseconds from the file's zero of a time on the segment's scale.</summary>
    public long ToNanoseconds(long time) => MediaTime.Rescale(time, 1, scale) - track.CodecDelay;

    public void Reset()
    {
        _decode.Reset();
        _grid = new SampleGrid();
    }

    /// <summary>Makes a frame; false: it is broken or empty.</summary>
    /// <param name="time">Nanoseconds from the file's zero.</param>
    /// <param name="duration">Nanoseconds that the frame took.</param>
    public bool TryRead(long offset, int length, long time, bool isKeyframe, out MediaFrame frame, out long duration)
    {
        frame = default;
        duration = track.DefaultDuration;
        if (length > MaxFrame || length > file.Length - offset) return false;
        int prefix = track.Prefix.Length;
        PooledBuffer buffer = pool.Rent(prefix + length);
        try
        {
            track.Prefix.CopyTo(buffer.Span);
            file.Read(offset, buffer.Span[prefix..]);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }

        if (!form.TryMake(buffer, prefix + length, isKeyframe && !IsPicture, out CanonicalSample sample)) return false;
        TrackFormat format = form.Format!;
        long shown = Place(format, time, sample, out long samples);
        if (samples > 0) duration = MediaTime.Rescale(samples, format.ClockRate, Nanoseconds);
        long step = MediaTime.Rescale(track.DefaultDuration > 0 ? track.DefaultDuration : UsualFrame, Nanoseconds, format.ClockRate);
        int reorder = form.ReorderFrames;
        long decoded = reorder > 0 ? _decode.Next(shown, reorder, step) : shown;
        frame = new MediaFrame(format, sample.Buffer, sample.Offset, sample.Length, decoded, shown, sample.IsKeyframe, sample.IsDiscardable);
        return true;
    }

    private bool IsPicture => track.Codec is Codec.Vp8 or Codec.Vp9;

    // Times are rounded, mostly to milliseconds: frames of AAC follow each other on their samples.
    private long Place(TrackFormat format, long time, in CanonicalSample sample, out long samples)
    {
        samples = 0;
        switch (track.Codec)
        {
            case Codec.Aac when AacConfiguration.TryParse(format.Configuration.AsSpan(), out AacConfiguration aac):
                samples = aac.FrameLength;
                return _grid.Place(MediaTime.RescaleNearest(time, 1_000_000, 1), format.ClockRate, aac.FrameLength);
            case Codec.Opus when OpusPacket.TryParse(sample.Buffer.Array.AsSpan(sample.Offset, sample.Length), out OpusPacket packet):
                samples = packet.Duration;
                break;
            case Codec.Pcmu or Codec.Pcma:
                samples = sample.Length / format.Channels;
                break;
        }

        return MediaTime.RescaleNearest(time, Nanoseconds, format.ClockRate);
    }
}
