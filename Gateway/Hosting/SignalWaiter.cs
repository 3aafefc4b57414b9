using Media.Scheduling;

namespace Gateway.Hosting;

/// <summary>A waiter without sockets: the loop sleeps until its next deadline or until work is posted.</summary>
internal sealed class SignalWaiter(MonotonicClock clock) : IWaiter
{
    private readonly SemaphoreSlim _signal = new(0, 1);
    private int _signalled;

    public void Wait(long until)
    {
        _signal.Wait(Milliseconds(until));
        Volatile.Write(ref _signalled, 0);
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _signalled, 1) == 0) Release();
    }

    public void Flush()
    {
    }

    public void Dispose() => _signal.Dispose();

    private void Release()
    {
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two wakers met around the end of a wait; one signal is enough.
        }
    }

    private int Milliseconds(long until)
    {
        if (until == long.MaxValue) return Timeout.Infinite;
        long left = Math.Max(0, until - clock.Now);
        return (int)Math.Min(int.MaxValue, (left + MonotonicClock.TicksPerMillisecond - 1) / MonotonicClock.TicksPerMillisecond);
    }
}
