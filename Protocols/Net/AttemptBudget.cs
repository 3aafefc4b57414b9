using Media.Scheduling;

namespace Protocols.Net;

/// <summary>How often something that costs may be tried for strangers within <see cref="Period"/>. Lives on its loop.</summary>
internal sealed class AttemptBudget(int most)
{
    public const long Period = 100 * MonotonicClock.TicksPerMillisecond;

    private long _periodStart = -Period;
    private int _attempts;

    public bool MayTry(long now)
    {
        if (now - _periodStart >= Period || now < _periodStart)
        {
            _periodStart = now;
            _attempts = 0;
        }

        return _attempts++ < most;
    }
}
