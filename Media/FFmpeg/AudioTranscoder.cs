using Media.Buffers;

namespace Media.FFmpeg;

/// <param name="Codec">Opus or AAC.</param>
/// <param name="Bitrate">Bits per second of what is made.</param>
/// <param name="Complexity">Of the Opus encoder, 0 to 10: 5 costs 0.9 % of a core, 10 half as much again.</param>
public sealed record AudioTranscoderOptions(Codec Codec = Codec.Opus, int Bitrate = 128_000, int Complexity = 5);

/// <summary>
/// Sound of any codec to Opus or AAC: 48 kHz, stereo. The output's clock counts samples from the first input's
/// presentation time. It follows the source's timestamps by stretching the sound, at most 5 ms per second; a jump of
/// more than 200 ms, or a step of more than 80 ms that stays, starts anew at the source's time. Opus counts samples in its
/// timestamps: what is missing there up to a second is silence. The delays of resampler
/// and encoder are taken out, so that a decoded sample carries the time of the sample it came from. One thread, the
/// caller's.
/// </summary>
public sealed class AudioTranscoder : IDisposable
{
    /// <summary>The longest pause that is filled: senders that say nothing (DTX, RFC 7587 §3.1.3) send each 400 ms.</summary>
    private const long LongestPause = AudioDecoder.SampleRate;

    private static readonly float[] s_silence = new float[960 * AudioDecoder.Channels];

    private readonly FFmpegLibrary _library;
    private readonly BufferPool _pool;
    private readonly Action<MediaFrame> _output;
    private readonly AudioEncoder _encoder;
    private readonly AudioClock _clock = new();
    private readonly SlewResampler _resampler = new();
    private AudioDecoder? _decoder;
    private bool _hasBegun;
    private long _nextTime; // of the next sample that is encoded
    private long _sourceEnd; // where the last input ended, by its own clock

    /// <param name="output">Gets each frame, borrowed for the call, on the thread that calls <see cref="Transcode"/>.</param>
    public AudioTranscoder(FFmpegLibrary library, AudioTranscoderOptions options, BufferPool pool, Action<MediaFrame> output)
    {
        _library = library;
        _pool = pool;
        _output = output;
        _encoder = AudioEncoder.Open(library, options);
    }

    public TrackFormat OutputFormat => _encoder.Format;

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
            FillPause(frame.Format, time);
            _sourceEnd = time + (long)Math.Round(seconds * frame.Format.ClockRate);
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
        if (_hasBegun) Restarts++;
        _hasBegun = true;
        int skip = _encoder.Begin();
        _resampler.Reset(skip);
        _decoder!.Restart();
        _nextTime = (long)((Int128)time * AudioDecoder.SampleRate / clockRate) + skip;
    }

    /// <summary>A packet that was lost, or that there was no need to send.</summary>
    private void FillPause(TrackFormat format, long time)
    {
        long missing = time - _sourceEnd;
        if (!_hasBegun || format.Codec != Codec.Opus || missing <= 0 || missing > LongestPause) return;
        if (_clock.Advance((double)_sourceEnd / format.ClockRate, (double)missing / format.ClockRate)) Restart(_sourceEnd, format.ClockRate);
        _resampler.Slew = _clock.Slew;
        for (long left = missing * AudioDecoder.Channels; left > 0; left -= s_silence.Length)
            _resampler.Write(s_silence.AsSpan(0, (int)Math.Min(left, s_silence.Length)));
        Encode();
    }

    private void Encode()
    {
        while (_resampler.TryRead(_encoder.Samples))
        {
            bool isComplete = _encoder.TryEncode(_nextTime, out ReadOnlySpan<byte> packet, out long time);
            _nextTime += _encoder.SamplesPerFrame;
            if (!isComplete) continue;
            using PooledBuffer buffer = _pool.RentCopy(packet);
            _output(new MediaFrame(OutputFormat, buffer, 0, buffer.Length, time, time, isKeyframe: true));
        }
    }
}
