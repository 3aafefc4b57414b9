using Media;

namespace Rooms.Tracks;

/// <summary>
/// The frames of a track since its last keyframe, bounded in time and bytes. A group that outgrows the bounds is given
/// up until the next keyframe: a group without its start serves nobody. Track's loop only.
/// </summary>
public sealed class GopCache(int maxSeconds = 12, int maxBytes = 32 << 20)
{
    private readonly List<MediaFrame> _frames = [];
    private int _bytes;
    private bool _overflowed;

    public int Count => _frames.Count;

    /// <summary>False where no keyframe was seen yet or the group outgrew the bounds.</summary>
    public bool IsUsable => _frames.Count > 0;

    /// <summary>True when the current group was too long or too large to keep.</summary>
    public bool Overflowed => _overflowed;

    public ReadOnlySpan<MediaFrame> Frames => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_frames);

    public void Add(in MediaFrame frame)
    {
        if (frame.IsKeyframe)
        {
            Clear();
            _overflowed = false;
        }
        else if (_frames.Count == 0)
        {
            return;
        }

        if (!Fits(frame))
        {
            Clear();
            _overflowed = true;
            return;
        }

        _frames.Add(frame.AddReference());
        _bytes += frame.Length;
    }

    public void Replay(IFrameSink sink)
    {
        foreach (MediaFrame frame in Frames) sink.OnFrame(frame);
    }

    public void Clear()
    {
        foreach (MediaFrame frame in _frames) frame.Release();
        _frames.Clear();
        _bytes = 0;
    }

    private bool Fits(in MediaFrame frame)
    {
        if (_bytes + frame.Length > maxBytes) return false;
        return _frames.Count == 0
            || frame.DecodeTime - _frames[0].DecodeTime <= (long)maxSeconds * frame.Format.ClockRate;
    }
}
