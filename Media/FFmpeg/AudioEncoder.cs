namespace Media.FFmpeg;

/// <summary>Encodes 48 kHz stereo in frames of one length. One thread.</summary>
internal abstract class AudioEncoder : IDisposable
{
    /// <summary>Of what is made.</summary>
    public abstract TrackFormat Format { get; }

    public abstract int SamplesPerFrame { get; }

    /// <summary>The interleaved samples to fill before <see cref="TryEncode"/>.</summary>
    public abstract Span<float> Samples { get; }

    public static AudioEncoder Open(FFmpegLibrary library, AudioTranscoderOptions options) => options.Codec switch
    {
        Codec.Opus => new OpusEncoder(library, options),
        Codec.Aac => new AacEncoder(library, options),
        _ => throw new FFmpegException($"sound is not encoded in {options.Codec.Name()}"),
    };

    /// <summary>
    /// The sound begins, or begins anew. How many of its first samples are to be left out: what the encoder puts in front
    /// of all takes their place, so that nothing has to be dated back.
    /// </summary>
    public abstract int Begin();

    /// <summary>Encodes <see cref="Samples"/>. False where the encoder holds them back.</summary>
    /// <param name="time">Of the first of the samples.</param>
    /// <param name="packet">Valid until the next call.</param>
    /// <param name="packetTime">Of the first sample that is decoded from the packet.</param>
    public abstract bool TryEncode(long time, out ReadOnlySpan<byte> packet, out long packetTime);

    public abstract void Dispose();
}
