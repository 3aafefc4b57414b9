using Media.Scheduling;

namespace Protocols.Dtls;

/// <summary>
/// How many datagrams a session may have looked into by the worker: a handshake with all its repetitions, and then a few
/// each second for a goodbye. Garbage from a peer that has a route stays cheap.
/// </summary>
internal struct DtlsAllowance
{
    private const int Burst = 64;
    private const long Interval = MonotonicClock.TicksPerSecond / 20;

    private long _freeAt; // when the allowance is whole again

    public bool TryTake(long now)
    {
        long start = Math.Max(_freeAt, now);
        if (start - now > (Burst - 1) * Interval) return false;
        _freeAt = start + Interval;
        return true;
    }
}
