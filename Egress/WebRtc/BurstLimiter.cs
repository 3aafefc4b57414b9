using Media.Scheduling;

namespace Egress.WebRtc;

/// <summary>
/// Keeps a viewer that cannot decode (or says so) from being sent the group over and over: the time between two bursts
/// doubles, up to a limit, and is forgotten after a quiet while.
/// </summary>
internal sealed class BurstLimiter
{
    private const long FirstInterval = MonotonicClock.TicksPerSecond / 2;
    private const long MaxInterval = 8 * MonotonicClock.TicksPerSecond;
    private const long ForgetAfter = 20 * MonotonicClock.TicksPerSecond;

    private long _last = long.MinValue / 2;
    private long _interval = FirstInterval;

    public bool MayStart(long now) => now - _last >= _interval;

    public void OnStarted(long now)
    {
        _interval = now - _last > ForgetAfter ? FirstInterval : Math.Min(_interval * 2, MaxInterval);
        _last = now;
    }
}
