using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>What a track has carried, and its rates over the last whole seconds. Loop thread; plain counters.</summary>
public sealed class TrackStatistics(MonotonicClock clock)
{
    private const long Window = MonotonicClock.TicksPerSecond;

    private long _windowStart;
    private long _windowBytes;
    private long _windowFrames;
    private long _lastKeyframe = -1;

    public long Frames { get; private set; }

    public long Bytes { get; private set; }

    public long Keyframes { get; private set; }

    /// <summary>Bits per second, smoothed over a few seconds.</summary>
    public double Bitrate { get; private set; }

    /// <summary>Frames per second, smoothed over a few seconds.</summary>
    public double FrameRate { get; private set; }

    /// <summary>Seconds between the last two keyframes; 0 = not known yet.</summary>
    public double KeyframeInterval { get; private set; }

    /// <summary>Monotonic time of the last frame, or -1.</summary>
    public long LastFrameTime { get; private set; } = -1;

    public void Count(int bytes, bool isKeyframe) => CountPart(bytes, startsFrame: true, isKeyframe);

    /// <summary>Counts one packet of a frame.</summary>
    /// <param name="isKeyframe">True once for each keyframe.</param>
    public void CountPart(int bytes, bool startsFrame, bool isKeyframe)
    {
        long now = clock.Now;
        LastFrameTime = now;
        Bytes += bytes;
        if (isKeyframe) CountKeyframe(now);
        if (startsFrame && Frames++ == 0)
        {
            // The track may have been announced seconds before: the rates begin with what it carries.
            _windowStart = now;
            return;
        }

        if (startsFrame) _windowFrames++;
        _windowBytes += bytes;
        if (now - _windowStart >= Window) CloseWindow(now);
    }

    private void CountKeyframe(long now)
    {
        Keyframes++;
        if (_lastKeyframe >= 0) KeyframeInterval = (now - _lastKeyframe) / (double)MonotonicClock.TicksPerSecond;
        _lastKeyframe = now;
    }

    private void CloseWindow(long now)
    {
        double seconds = (now - _windowStart) / (double)MonotonicClock.TicksPerSecond;
        Bitrate = Smooth(Bitrate, _windowBytes * 8 / seconds);
        FrameRate = Smooth(FrameRate, _windowFrames / seconds);
        _windowStart = now;
        _windowBytes = _windowFrames = 0;
    }

    private static double Smooth(double average, double value) => average == 0 ? value : (average * 0.6) + (value * 0.4);
}
