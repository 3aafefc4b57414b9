using Media.Scheduling;

namespace Rooms.Publishing;

/// <summary>Keeps two encoders with one key from fighting: the third takeover within ten seconds is refused.</summary>
public sealed class TakeoverGuard
{
    private const long Window = 10 * MonotonicClock.TicksPerSecond;

    private long _older = long.MinValue / 2;
    private long _newer = long.MinValue / 2;

    public bool TryTakeOver(long now)
    {
        if (now - _older < Window) return false;
        _older = _newer;
        _newer = now;
        return true;
    }
}
