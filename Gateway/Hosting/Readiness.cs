namespace Gateway.Hosting;

/// <summary>Whether new work should be sent here. Any thread.</summary>
internal sealed class Readiness
{
    private volatile bool _started;
    private volatile bool _draining;

    public bool IsReady => _started && !_draining;

    public bool IsDraining => _draining;

    public void Started() => _started = true;

    public void Drain() => _draining = true;
}
