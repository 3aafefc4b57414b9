using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>
/// Asks one encoder for keyframes on behalf of all who need one: at most each half second, at once where it was not asked
/// lately, and again while none comes. Publication's loop.
/// </summary>
internal sealed class KeyframeRequests
{
    private const long Interval = MonotonicClock.TicksPerSecond / 2;
    private const int Attempts = 5;

    private readonly IKeyframeSource _source;
    private readonly MediaLoop _loop;
    private readonly LoopTimer _timer;
    private long _askedAt = long.MinValue / 2;
    private int _left;

    public KeyframeRequests(MediaLoop loop, IKeyframeSource source)
    {
        _loop = loop;
        _source = source;
        _timer = loop.CreateTimer(_ => Ask());
    }

    public void Request()
    {
        bool isUnderWay = _left > 0;
        _left = Attempts;
        if (isUnderWay) return;
        long due = _askedAt + Interval;
        if (due <= _loop.Now) Ask();
        else _timer.Set(due);
    }

    /// <summary>One came, or none is needed any more.</summary>
    public void Settle()
    {
        _left = 0;
        _timer.Cancel();
    }

    private void Ask()
    {
        _askedAt = _loop.Now;
        _source.RequestKeyframe();
        if (--_left > 0) _timer.Set(_askedAt + Interval);
    }
}
