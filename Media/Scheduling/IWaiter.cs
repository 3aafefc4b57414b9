namespace Media.Scheduling;

/// <summary>What a <see cref="MediaLoop"/> sleeps on: sockets and timers on Linux, a hand-cranked clock in tests.</summary>
public interface IWaiter : IDisposable
{
    /// <summary>
    /// Handles the I/O that is ready and returns; blocks until then, until <see cref="Wake"/>, or until the monotonic
    /// time <paramref name="until"/> (ticks of 100 ns; <see cref="long.MaxValue"/> = no deadline). Loop thread only.
    /// </summary>
    void Wait(long until);

    /// <summary>Ends the current or next <see cref="Wait"/>. Any thread.</summary>
    void Wake();

    /// <summary>Sends what the turn has queued. Called once at the end of each turn, on the loop thread.</summary>
    void Flush();
}
