using Media.Scheduling;

namespace Gateway.Participants;

/// <summary>How many messages a client may send: so many per second, and some times as many at once.</summary>
internal sealed class MessageRate(int perSecond, int burst, long now)
{
    private readonly long _cost = MonotonicClock.TicksPerSecond / perSecond;
    private readonly long _capacity = MonotonicClock.TicksPerSecond / perSecond * burst;
    private long _credit = MonotonicClock.TicksPerSecond / perSecond * burst;
    private long _at = now;

    /// <summary>False: it is one too many.</summary>
    public bool TryTake(long now)
    {
        _credit = Math.Min(_capacity, _credit + Math.Max(0, now - _at));
        _at = now;
        if (_credit < _cost) return false;
        _credit -= _cost;
        return true;
    }
}
