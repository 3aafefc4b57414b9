using Media;
using Media.Scheduling;

namespace Rooms.Publishing;

/// <summary>
/// The way in for one publisher: takes frames on the publisher's own thread and brings them to the publication's home
/// loop in batches. Bounded: when the loop is behind, video is dropped up to the next keyframe, and counted.
/// </summary>
public sealed class PublicationWriter
{
    private const int MaxFrames = 2048;
    private const int MaxBytes = 64 << 20;

    private static readonly Action<object?> DrainCallback = static state => ((PublicationWriter)state!).Drain();

    private readonly Lock _gate = new();
    private readonly Publication _publication;
    private Queue<MediaFrame> _incoming = new();
    private Queue<MediaFrame> _draining = new();
    private int _bytes;
    private bool _posted;
    private bool _needKeyframe;
    private bool _closed;
    private long _dropped;

    internal PublicationWriter(Publication publication) => _publication = publication;

    public string Room => _publication.Room.Name;

    public Publication Publication => _publication;

    /// <summary>Frames that were lost because the loop could not keep up.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Hands over one frame; borrowed. False: the publication is no longer this publisher's.</summary>
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

        if (post) _publication.Loop.Post(DrainCallback, this);
        return true;
    }

    /// <summary>The publisher leaves; the publication stays a while for its return.</summary>
    public void Close(CloseReason reason)
    {
        if (!End()) return;
        _publication.Loop.Post(() =>
        {
            Drain();
            _publication.OnWriterClosed(this, reason);
        });
    }

    /// <summary>Another publisher has the place now: later writes are refused, what is queued is dropped.</summary>
    internal void Detach()
    {
        End();
        lock (_gate)
        {
            while (_incoming.TryDequeue(out MediaFrame frame)) frame.Release();
        }
    }

    private bool End()
    {
        lock (_gate)
        {
            if (_closed) return false;
            _closed = true;
            return true;
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
            _publication.OnFrame(this, frame);
            frame.Release();
        }
    }
}
