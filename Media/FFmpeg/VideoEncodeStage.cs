using Media.Buffers;

namespace Media.FFmpeg;

/// <summary>
/// Keeps one encoder fitting to what comes in and to how much may be spent: makes it anew for another size, colour or
/// step, changes its rate with the source's, spaces forced keyframes. Owned by the encoder thread.
/// </summary>
internal sealed class VideoEncodeStage : IDisposable
{
    private const long Second = 90_000;
    private const double DefaultFrameRate = 30;
    private const double DefaultBitsPerPixel = 0.1;

    // Without B-frames and lookahead the same picture needs more: at a default x264 source's own rate of 0.04 bits per pixel
    // SSIM fell to 0.91, at twice of it to 0.93, at three times to 0.96; at 0.1 bits per pixel it is 0.98. A source that
    // spends enough already is followed as it is.
    private const int MostTimesTheSource = 4;
    private const int MinBitrate = 150_000;
    private const int MaxBitrate = 50_000_000;

    private readonly FFmpegLibrary _library;
    private readonly VideoTranscoderOptions _options;
    private readonly SourceMeter _meter;
    private readonly BufferPool _pool;
    private readonly Action<MediaFrame> _output;
    private readonly Action<MediaFrame> _encoded;
    private VideoEncoder? _encoder;
    private TrackFormat? _format;
    private long _lastTime = long.MinValue;
    private long _lastKeyframe = long.MinValue;
    private long _rateChanged = long.MinValue;
    private bool _isGuess; // the running encoder's rate: the source had not been measured yet
    private bool _skipNext;
    private bool _madeKeyframe;

    public VideoEncodeStage(
        FFmpegLibrary library, VideoTranscoderOptions options, SourceMeter meter, BufferPool pool, Action<MediaFrame> output)
    {
        _library = library;
        _options = options;
        _meter = meter;
        _pool = pool;
        _output = output;
        _encoded = OnEncoded;
    }

    public TranscodeStep Step { get; set; }

    /// <summary>Pictures left out by halving the frame rate.</summary>
    public long SkippedPictures { get; private set; }

    /// <summary>Encodes, or skips, one picture; true if the keyframe that was asked for has been made.</summary>
    public bool Encode(VideoPicture picture, bool keyframeWanted, double signalledFrameRate)
    {
        if (!IsLater(picture.PresentationTime)) return false;
        if (Step >= TranscodeStep.HalfFrameRate && (_skipNext = !_skipNext))
        {
            SkippedPictures++;
            return false;
        }

        Fit(picture, signalledFrameRate);
        long time = picture.PresentationTime;
        bool due = _lastKeyframe == long.MinValue || time < _lastKeyframe
            || time - _lastKeyframe >= (long)(_options.KeyframeInterval.TotalSeconds * Second);
        _madeKeyframe = false;
        _encoder!.Encode(picture, keyframeWanted && due, _encoded);
        return _madeKeyframe;
    }

    /// <summary>Lets the encoder go; the next picture is a keyframe of a new one.</summary>
    public void Stop()
    {
        _encoder?.Dispose();
        _encoder = null;
        _lastKeyframe = long.MinValue;
    }

    public void Dispose() => _encoder?.Dispose();

    /// <summary>
    /// Times must rise. The same picture comes again when a pause was short; far back, a source began anew.
    /// </summary>
    private bool IsLater(long time)
    {
        if (_lastTime != long.MinValue && time <= _lastTime)
        {
            if (time > _lastTime - Second) return false;
            Stop();
        }

        _lastTime = time;
        return true;
    }

    private void OnEncoded(MediaFrame frame)
    {
        if (frame.IsKeyframe)
        {
            _madeKeyframe = true;
            _lastKeyframe = frame.PresentationTime;
        }

        _format = frame.Format;
        _output(frame);
    }

    private void Fit(VideoPicture picture, double signalledFrameRate)
    {
        VideoEncoderSettings wanted = Wanted(picture, signalledFrameRate);
        if (_encoder is not null && _encoder.Color == picture.Color && Fits(_encoder.Settings, wanted))
        {
            FollowRate(wanted, picture.PresentationTime);
            return;
        }

        Stop();
        _encoder = new VideoEncoder(_library, wanted, picture.Color, _format, _pool);
        _rateChanged = picture.PresentationTime;
        _isGuess = _meter.Bitrate == 0;
    }

    private static bool Fits(VideoEncoderSettings running, VideoEncoderSettings wanted) =>
        running.Width == wanted.Width && running.Height == wanted.Height && running.Fastest == wanted.Fastest
        && IsNear(running.FrameRate, wanted.FrameRate, 1.25);

    private static bool IsNear(double a, double b, double factor) => a < b * factor && b < a * factor;

    /// <summary>
    /// A change of a fifth is followed at most each 5 s, a guess put right at once; VP8 needs a new encoder for it, so
    /// only a doubling.
    /// </summary>
    private void FollowRate(VideoEncoderSettings wanted, long time)
    {
        double tolerance = wanted.Codec == Codec.H264 ? 1.2 : 2;
        if (IsNear(_encoder!.Settings.Bitrate, wanted.Bitrate, tolerance)) return;
        bool isFirstMeasure = _isGuess && _meter.Bitrate > 0;
        if (!isFirstMeasure && time >= _rateChanged && time - _rateChanged < 5 * Second) return;
        _rateChanged = time;
        _isGuess = _meter.Bitrate == 0;
        if (_encoder.TrySetBitrate(wanted.Bitrate)) return;
        Stop();
        _encoder = new VideoEncoder(_library, wanted, default, _format, _pool);
    }

    private VideoEncoderSettings Wanted(VideoPicture picture, double signalledFrameRate)
    {
        int divisor = Step == TranscodeStep.HalfSize ? 2 : 1;
        int width = Math.Max(2, picture.Width / divisor & ~1), height = Math.Max(2, picture.Height / divisor & ~1);
        double rate = FrameRate(signalledFrameRate);
        if (Step >= TranscodeStep.HalfFrameRate) rate /= 2;
        int bitrate = _meter.Bitrate > 0 ? _meter.Bitrate : _options.SourceBitrate;
        int ample = (int)Math.Min(width * height * rate * DefaultBitsPerPixel, MaxBitrate);
        bitrate = bitrate <= 0 ? ample : Math.Max(bitrate, (int)Math.Min(ample, (long)bitrate * MostTimesTheSource));
        if (Step == TranscodeStep.HalfSize) bitrate /= 2;
        return new VideoEncoderSettings(_options.Target, width, height, rate, Math.Clamp(bitrate, MinBitrate, MaxBitrate),
            Step >= TranscodeStep.FastPreset, Threads(width * height * rate));
    }

    /// <summary>
    /// What the stream says of itself, unless what comes proves it wrong. The rate at which it arrived so far is only a
    /// guess: an encoder's first second is fast or slow.
    /// </summary>
    private double FrameRate(double signalled)
    {
        double measured = _meter.FrameRate;
        if (measured > 0) return signalled > 0 && IsNear(signalled, measured, 1.2) ? signalled : measured;
        if (signalled > 0) return signalled;
        return _options.SourceFrameRate > 0 ? _options.SourceFrameRate : DefaultFrameRate;
    }

    private int Threads(double pixelRate)
    {
        if (_options.EncoderThreads > 0) return _options.EncoderThreads;
        // One thread manages 720p30 with ease; each more costs a slice per picture, which costs bits.
        int useful = 1 + (int)(pixelRate / (1280 * 720 * 31));
        return Math.Clamp(useful, 1, Math.Min(4, Environment.ProcessorCount));
    }
}
