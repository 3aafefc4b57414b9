namespace Ingest.Playback;

/// <summary>Frames of one publication that were read ahead, bounded in time and bytes. Guarded by its <see cref="PlaybackReader"/>.</summary>
internal sealed class ReadAhead
{
    private const long MaxTicks = 2 * TimeSpan.TicksPerSecond;
    private const long MaxBytes = 8 << 20;
    private const int MaxFrames = 2048;

    private readonly Queue<PlaybackFrame> _frames = new();
    private long _bytes;
    private long _newest;

    /// <summary>The files have nothing more for this round.</summary>
    public bool IsComplete { get; set; }

    public bool IsEmpty => _frames.Count == 0;

    public bool HasRoom => _frames.Count == 0 || (_frames.Count < MaxFrames && _bytes < MaxBytes && _newest - _frames.Peek().Time < MaxTicks);

    /// <summary>Time to read on, before it runs dry.</summary>
    public bool RunsLow => !IsComplete && (_frames.Count == 0 || (HasRoom && _newest - _frames.Peek().Time < MaxTicks / 2));

    public void Add(in PlaybackFrame frame)
    {
        _frames.Enqueue(frame);
        _bytes += frame.Frame.Length;
        _newest = frame.Time;
    }

    public bool TryPeek(out PlaybackFrame frame) => _frames.TryPeek(out frame);

    public void Take() => _bytes -= _frames.Dequeue().Frame.Length;

    public void Clear()
    {
        while (_frames.TryDequeue(out PlaybackFrame frame)) frame.Frame.Release();
        _bytes = 0;
        IsComplete = false;
    }
}
