using Media.Buffers;

namespace Media.FFmpeg;

/// <param name="Bitrate">Bits per second of the Opus that is made.</param>
/// <param name="Complexity">Of the Opus encoder, 0 to 10: 5 costs 0.9 % of a core, 10 half as much again.</param>
public sealed record AudioTranscoderOptions(int Bitrate = 128_000, int Complexity = 5);

/// <summary>
/// AAC (or what else is decoded) to Opus: 48 kHz, stereo, 20 ms. The output's clock counts samples from the first input's
/// presentation time. It follows the source's timestamps by stretching the sound, at most 5 ms per second; a jump of
/// more than 200 ms, or a step of more than 80 ms that stays, starts anew at the source's time. The delays of resampler
/// and encoder are taken out, so that a decoded sample carries the time of the sample it came from. One thread, the
/// caller's.
/// </summary>
public sealed class AudioTranscoder : IDisposable
{
    private readonly FFmpegLibrary _library;
    private readonly BufferPool _pool;
    private readonly Action<MediaFrame> _output;
    private readonly OpusEncoder _encoder;
    private readonly AudioClock _clock = new();
    private readonly SlewResampler _resampler = new();
    private AudioDecoder? _decoder;
    private long _nextTime;

    /// <param name="output">Gets each Opus frame, borrowed for the call, on the thread that calls <see cref="Transcode"/>.</param>
    public AudioTranscoder(FFmpegLibrary library, AudioTranscoderOptions options, BufferPool pool, Action<MediaFrame> output)
    {
        _library = library;
        _pool = pool;
        _output = output;
        _encoder = new OpusEncoder(library, options);
    }

    public TrackFormat OutputFormat { get; } =
        new() { Codec = Codec.Opus, ClockRate = AudioDecoder.SampleRate, Channels = AudioDecoder.Channels };

    /// <summary>Input frames that could not be decoded.</summary>
    public long DamagedFrames { get; private set; }

    /// <summary>Times that the output started anew after a jump of the source's timestamps.</summary>
    public long Restarts { get; private set; }

    /// <summary>How far the source's timestamps are ahead of the output's sample count (smoothed).</summary>
    public double ClockErrorSeconds => _clock.ErrorSeconds;

    /// <summary>Decodes one frame and gives out what is complete. Throws where the source's format can't be decoded.</summary>
    public void Transcode(in MediaFrame frame)
    {
        if (_decoder is null || !(ReferenceEquals(_decoder.Format, frame.Format) || frame.Format.SameAs(_decoder.Format)))
        {
            _decoder?.Dispose();
            _decoder = null;
            _decoder = new AudioDecoder(_library, frame.Format);
        }

        if (!_decoder.TrySend(frame)) DamagedFrames++;
        while (_decoder.TryReceive(out long time, out double seconds))
        {
            if (_clock.Advance((double)time / frame.Format.ClockRate, seconds)) Restart(time, frame.Format.ClockRate);
            _resampler.Slew = _clock.Slew;
            while (_decoder.TryRead(out ReadOnlySpan<float> samples)) _resampler.Write(samples);
            Encode();
        }
    }

    public void Dispose()
    {
        _decoder?.Dispose();
        _encoder.Dispose();
    }

    private void Restart(long time, int clockRate)
    {
        if (_nextTime != 0) Restarts++;
        // The first samples are left out instead of dated back: what the encoder adds in front takes their place.
        _resampler.Reset(_encoder.PreSkip);
        _decoder!.Restart();
        _nextTime = (long)((Int128)time * AudioDecoder.SampleRate / clockRate);
    }

    private void Encode()
    {
        while (_resampler.TryRead(_encoder.Samples))
        {
            using PooledBuffer buffer = _pool.RentCopy(_encoder.Encode(_nextTime));
            _output(new MediaFrame(OutputFormat, buffer, 0, buffer.Length, _nextTime, _nextTime, isKeyframe: true));
            _nextTime += OpusEncoder.SamplesPerFrame;
        }
    }
}
