using Media;

namespace Rooms.Tracks;

/// <summary>
/// The bounded way from a track's loop to a taker on another thread. A taker that is too slow loses frames, counted, up
/// to the next keyframe; the source never waits. One writer, one reader.
/// </summary>
public sealed class FrameQueue(int maxFrames, int maxBytes) : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<MediaFrame> _frames = new();
    private int _bytes;
    private bool _needKeyframe;
    private bool _completed;
    private long _dropped;

    /// <summary>Frames that the taker lost.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Queues a borrowed frame. False: it was dropped.</summary>
    public bool TryWrite(in MediaFrame frame)
    {
        lock (_gate)
        {
            if (_completed || !Admit(frame))
            {
                Interlocked.Increment(ref _dropped);
                return false;
            }

            _frames.Enqueue(frame.AddReference());
            _bytes += frame.Length;
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes a frame without waiting; the caller releases it.</summary>
    public bool TryRead(out MediaFrame frame)
    {
        lock (_gate)
        {
            if (!_frames.TryDequeue(out frame)) return false;
            _bytes -= frame.Length;
            return true;
        }
    }

    /// <summary>Blocks for a frame, which the caller releases. False: the queue is complete and empty.</summary>
    public bool Read(out MediaFrame frame)
    {
        lock (_gate)
        {
            while (!TryRead(out frame))
            {
                if (_completed) return false;
                Monitor.Wait(_gate);
            }

            return true;
        }
    }

    /// <summary>Nothing more will be written; a blocked reader gets what is left and then false.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Completes it and releases what nobody took.</summary>
    public void Dispose()
    {
        Complete();
        while (TryRead(out MediaFrame frame)) frame.Release();
    }

    private bool Admit(in MediaFrame frame)
    {
        bool full = _frames.Count >= maxFrames || _bytes + frame.Length > maxBytes;
        if (full || frame.IsKeyframe) _needKeyframe = full;
        return !_needKeyframe;
    }
}
