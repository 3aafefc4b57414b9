namespace Protocols.Net;

/// <summary>
/// Media is due now, handshakes and requests may wait a little: the thread of a loop comes first where the system lets it.
/// </summary>
public static class MediaThread
{
    /// <summary>Before what is usual (0), behind what keeps the machine itself running (-20).</summary>
    private const int Niceness = -10;

    /// <summary>The calling thread comes first from now on. False: this takes privileges that the process has not.</summary>
    public static bool TryPrefer() =>
        OperatingSystem.IsLinux() && Libc.setpriority(Libc.PRIO_PROCESS, who: 0, Niceness) == 0; // 0 = this thread only
}
