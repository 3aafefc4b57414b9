using Media.Scheduling;

namespace Protocols.Net;

/// <summary>What a media loop sleeps on: its endpoints, its deadline, and a wake-up from other threads.</summary>
public abstract class NetworkWaiter : IWaiter
{
    /// <summary>The best one that this system has.</summary>
    public static NetworkWaiter Create(MonotonicClock clock) =>
        OperatingSystem.IsLinux() ? new EpollWaiter(clock) : new SelectWaiter(clock);

    /// <summary>Listens to an endpoint from the next wait on. The endpoint is not disposed with the waiter.</summary>
    public abstract void Add(UdpEndpoint endpoint);

    /// <summary>Listens to it no more; to be called before it is disposed. Loop thread, also from within its receiver.</summary>
    public abstract void Remove(UdpEndpoint endpoint);

    public abstract void Wait(long until);

    public abstract void Wake();

    public abstract void Flush();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
