using Media;
using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>
/// The bounded way from another thread (a publisher's, a transcoder's) onto a loop, in batches: one post for all frames
/// that came since the last turn. When the loop is behind, video is dropped up to the next keyframe, and counted.
/// </summary>
/// <param name="receiver">Gets each frame, borrowed, on the loop.</param>
internal sealed class FrameInbox(MediaLoop loop, Action<MediaFrame> receiver)
{
    private const int MaxFrames = 2048;
    private const int MaxBytes = 64 << 20;

    private static readonly Action<object?> DrainCallback = static state => ((FrameInbox)state!).Drain();

    private readonly Lock _gate = new();
    private Queue<MediaFrame> _incoming = new();
    private Queue<MediaFrame> _draining = new();
    private int _bytes;
    private bool _posted;
    private bool _needKeyframe;
    private bool _closed;
    private long _dropped;

    /// <summary>Frames that were lost because the loop could not keep up.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Hands over one borrowed frame. False: the inbox is closed.</summary>
    public bool Write(in MediaFrame frame)
    {
        bool post;
        lock (_gate)
        {
            if (_closed) return false;
            if (!Admit(frame)) return true;
            _incoming.Enqueue(frame.AddReference());
            _bytes += frame.Length;
            post = !_posted;
            _posted = true;
        }

        if (post) loop.Post(DrainCallback, this);
        return true;
    }

    /// <summary>Takes no more; what is queued still arrives. False: it was closed before.</summary>
    public bool Close()
    {
        lock (_gate)
        {
            if (_closed) return false;
            _closed = true;
            return true;
        }
    }

    /// <summary>Takes no more, and drops what is queued.</summary>
    public void Discard()
    {
        lock (_gate)
        {
            _closed = true;
            while (_incoming.TryDequeue(out MediaFrame frame)) frame.Release();
        }
    }

    private bool Admit(in MediaFrame frame)
    {
        bool video = frame.Format.Kind == MediaKind.Video;
        bool full = _incoming.Count >= MaxFrames || _bytes + frame.Length > MaxBytes;
        if (video && (full || frame.IsKeyframe)) _needKeyframe = full;
        if (!full && !(video && _needKeyframe)) return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }

    private void Drain()
    {
        lock (_gate)
        {
            (_incoming, _draining) = (_draining, _incoming);
            _bytes = 0;
            _posted = false;
        }

        while (_draining.TryDequeue(out MediaFrame frame))
        {
            receiver(frame);
            frame.Release();
        }
    }
}
