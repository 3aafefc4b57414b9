using Media.Buffers;
using Media.Codecs;

namespace Media.Containers;

/// <summary>A sample in the form of <see cref="MediaFrame"/>; the buffer's reference belongs to the caller.</summary>
internal readonly record struct CanonicalSample(PooledBuffer Buffer, int Offset, int Length, bool IsKeyframe, bool IsDiscardable);

/// <summary>Brings the samples of one track of a file into the canonical form of frames, and follows its format.</summary>
internal abstract class CanonicalForm
{
    protected const int VideoClockRate = 90_000;

    /// <summary>Null until enough of the stream was seen.</summary>
    public abstract TrackFormat? Format { get; }

    /// <summary>How many frames may be shown before one that was decoded earlier; 0 where the codec or the stream does not reorder.</summary>
    public virtual int ReorderFrames => 0;

    /// <summary>Makes a frame of a sample. False: it is broken, or holds nothing to show.</summary>
    /// <param name="buffer">The sample, from its start; consumed.</param>
    /// <param name="isSync">The container marks it as one at which decoding can begin.</param>
    public bool TryMake(PooledBuffer buffer, int length, bool isSync, out CanonicalSample sample)
    {
        PooledBuffer? kept = null;
        sample = default;
        try
        {
            if (!TryMakeCore(buffer, length, isSync, out sample) || sample.Length == 0 || Format is null) return false;
            kept = sample.Buffer;
            return true;
        }
        finally
        {
            if (!ReferenceEquals(kept, buffer)) buffer.Dispose();
            if (kept is null && sample.Buffer is not null && !ReferenceEquals(sample.Buffer, buffer)) sample.Buffer.Dispose();
        }
    }

    /// <summary>The sample may be the buffer that came or another one.</summary>
    protected abstract bool TryMakeCore(PooledBuffer buffer, int length, bool isSync, out CanonicalSample sample);

    /// <summary>The form of a codec's samples; null where the configuration is broken.</summary>
    /// <param name="configuration">What the container keeps of the codec: AudioSpecificConfig, avcC, hvcC or av1C.</param>
    public static CanonicalForm? For(Codec codec, ReadOnlySpan<byte> configuration, int width, int height, int sampleRate, int channels, BufferPool pool)
    {
        switch (codec)
        {
            case Codec.H264:
                var h264 = new H264Form(pool);
                return configuration.IsEmpty || h264.TryConfigure(configuration) ? h264 : null;
            case Codec.H265:
                var h265 = new H265Form(pool);
                return configuration.IsEmpty || h265.TryConfigure(configuration) ? h265 : null;
            case Codec.Av1:
                return new Av1Form(configuration, width, height);
            case Codec.Vp8 or Codec.Vp9:
                return new PictureForm(codec, width, height);
            case Codec.Aac:
                var aac = new AacStream();
                return aac.TryConfigure(configuration) ? new AudioForm(aac.Format!) : null;
            case Codec.Opus:
                return new AudioForm(new TrackFormat { Codec = Codec.Opus, ClockRate = OpusPacket.ClockRate, Channels = Math.Clamp(channels, 1, 2) });
            default:
                if (sampleRate is < 4000 or > 96_000 || channels is < 1 or > 8) return null;
                return new AudioForm(new TrackFormat { Codec = codec, ClockRate = sampleRate, Channels = channels });
        }
    }

    private sealed class H264Form(BufferPool pool) : CanonicalForm
    {
        private readonly H264Stream _stream = new();

        public override TrackFormat? Format => _stream.Format;

        public override int ReorderFrames => ReorderOf(_stream.Format, _stream.Sequence?.MaxReferenceFrames ?? 0);

        public bool TryConfigure(ReadOnlySpan<byte> record) => _stream.TryConfigure(record);

        protected override bool TryMakeCore(PooledBuffer buffer, int length, bool isSync, out CanonicalSample sample)
        {
            Span<byte> data = buffer.Array.AsSpan(0, length);
            PooledBuffer target = _stream.LengthSize == NalUnit.LengthSize ? buffer : pool.Rent(_stream.MaxNormalizedLength(data));
            bool isGood = _stream.TryNormalize(data, ReferenceEquals(target, buffer) ? data : target.Span, out int written, out bool isKeyframe, out bool isDiscardable);
            sample = new CanonicalSample(target, 0, written, isKeyframe || isSync, isDiscardable && ReorderFrames == 0);
            return isGood;
        }
    }

    private sealed class H265Form(BufferPool pool) : CanonicalForm
    {
        private readonly H265Stream _stream = new();

        public override TrackFormat? Format => _stream.Format;

        public override int ReorderFrames => ReorderOf(_stream.Format, 2);

        public bool TryConfigure(ReadOnlySpan<byte> record) => _stream.TryConfigure(record);

        protected override bool TryMakeCore(PooledBuffer buffer, int length, bool isSync, out CanonicalSample sample)
        {
            Span<byte> data = buffer.Array.AsSpan(0, length);
            PooledBuffer target = _stream.LengthSize == NalUnit.LengthSize ? buffer : pool.Rent(_stream.MaxNormalizedLength(data));
            bool isGood = _stream.TryNormalize(data, ReferenceEquals(target, buffer) ? data : target.Span, out int written, out bool isKeyframe);
            sample = new CanonicalSample(target, 0, written, isKeyframe || isSync, false);
            return isGood;
        }
    }

    private static int ReorderOf(TrackFormat? format, int fallback) =>
        format?.Video is not { } video ? fallback : video.ReorderFrames >= 0 ? video.ReorderFrames : Math.Min(fallback, 4);

    private sealed class AudioForm(TrackFormat format) : CanonicalForm
    {
        public override TrackFormat Format { get; } = format;

        protected override bool TryMakeCore(PooledBuffer buffer, int length, bool isSync, out CanonicalSample sample)
        {
            sample = new CanonicalSample(buffer, 0, length, true, false);
            return Format.Codec != Codec.Opus || OpusPacket.TryParse(buffer.Array.AsSpan(0, length), out _);
        }
    }
}
