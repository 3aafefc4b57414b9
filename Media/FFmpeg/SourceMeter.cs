namespace Media.FFmpeg;

/// <summary>
/// Frame rate and bitrate of a source, over the last ten seconds of its own time. One writer; any thread may read.
/// </summary>
internal sealed class SourceMeter
{
    private const long Second = 90_000;
    private const int Window = 10;
    private const int EnoughSeconds = 2;

    private readonly long[] _bytes = new long[Window];
    private readonly int[] _frames = new int[Window];
    private long _first = long.MinValue;
    private long _current;
    private long _currentBytes;
    private int _currentFrames;
    private long _fullSeconds;
    private volatile int _bitrate;
    private volatile int _milliframes;

    /// <summary>Bits per second; 0 until two full seconds were seen.</summary>
    public int Bitrate => _bitrate;

    /// <summary>Frames per second; 0 until two full seconds were seen.</summary>
    public double FrameRate => _milliframes / 1000.0;

    public void Add(long decodeTime, int bytes)
    {
        if (_first == long.MinValue || decodeTime < _first) Restart(decodeTime);
        long second = (decodeTime - _first) / Second;
        if (second > _current + 1) Restart(decodeTime);
        else if (second > _current) Close(second);
        _currentBytes += bytes;
        _currentFrames++;
    }

    private void Restart(long decodeTime)
    {
        _first = decodeTime;
        _current = 0;
        _currentBytes = 0;
        _currentFrames = 0;
        _fullSeconds = 0;
    }

    private void Close(long second)
    {
        int slot = (int)(_fullSeconds++ % Window);
        _bytes[slot] = _currentBytes;
        _frames[slot] = _currentFrames;
        _current = second;
        _currentBytes = 0;
        _currentFrames = 0;
        if (_fullSeconds >= EnoughSeconds) Publish();
    }

    private void Publish()
    {
        int count = (int)Math.Min(_fullSeconds, Window);
        long bytes = 0, frames = 0;
        for (int i = 0; i < count; i++)
        {
            bytes += _bytes[i];
            frames += _frames[i];
        }

        _bitrate = (int)Math.Min(bytes * 8 / count, int.MaxValue);
        _milliframes = (int)(frames * 1000 / count);
    }
}
