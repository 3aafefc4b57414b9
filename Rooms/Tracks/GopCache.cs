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

    /// <summary>Seconds from the group's keyframe to its newest frame.</summary>
    public double Seconds => _frames.Count == 0
        ? 0
        : (_frames[^1].DecodeTime - _frames[0].DecodeTime) / (double)_frames[0].Format.ClockRate;

    /// <summary>How long the group can go on as it does before it outgrows the bounds.</summary>
    public double SecondsLeft
    {
        get
        {
            if (_frames.Count == 0) return double.PositiveInfinity;
            double seconds = Seconds;
            // A keyframe alone says nothing about the rate.
            double bytesLast = seconds >= 0.5 ? (maxBytes - _bytes) * seconds / _bytes : double.PositiveInfinity;
            return Math.Min(maxSeconds - seconds, bytesLast);
        }
    }

    /// <summary>
    /// What a viewer would need to decode the group: 1 ms a frame and 2.5 ms a megapixel, after measurements of software
    /// decoders in browsers (1.6 ms at 640x360, 6 ms at 1920x1080).
    /// </summary>
    public double SecondsToDecode
    {
        get
        {
            if (_frames.Count == 0) return 0;
            VideoProperties? video = _frames[0].Format.Video;
            double megapixels = (video?.Width ?? 0) * (double)(video?.Height ?? 0) / 1e6;
            return _frames.Count * (0.001 + (0.0025 * megapixels));
        }
    }

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
