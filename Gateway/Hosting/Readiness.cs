namespace Gateway.Hosting;

/// <summary>Whether new work should be sent here, and when the last of it is over. Any thread.</summary>
internal sealed class Readiness : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private volatile bool _started;
    private volatile bool _draining;

    public bool IsReady => _started && !_draining;

    public bool IsDraining => _draining;

    /// <summary>All rooms have ended: event streams have nothing more to tell.</summary>
    public CancellationToken Over => _over.Token;

    public void Started() => _started = true;

    public void Drain() => _draining = true;

    public void End() => _over.Cancel();

    public void Dispose() => _over.Dispose();
}
