using Gateway.Options;

namespace Gateway.Hosting;

/// <summary>
/// Whether new work should be sent here. The host asks for the stop first; only after the drain time, in which /readyz
/// answers 503, do the listeners close.
/// </summary>
internal sealed class Readiness(GatewayOptions options, TimeProvider time) : IHostedLifecycleService
{
    private volatile bool _started;
    private volatile bool _draining;

    public bool IsReady => _started && !_draining;

    public bool IsDraining => _draining;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _started = true;
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        if (options.DrainTime > TimeSpan.Zero) await Task.Delay(options.DrainTime, time, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
