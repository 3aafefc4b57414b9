using Gateway.Options;
using Gateway.Participants;
using Gateway.Recordings;
using Rooms;

namespace Gateway.Hosting;

/// <summary>
/// The order of start and stop. Start: the media loops run before the listeners open, and all is warm before new work is
/// asked for. Stop: new work is turned away for
/// the drain time; then all rooms end, so that participants, publishers and viewers are told; recordings are finished; then
/// the listeners close, with nothing left to wait for.
/// </summary>
internal sealed class MediaHost(
    MediaLoops loops, WebRtcHost webRtc, RoomRegistry registry, ParticipantRooms participants, RecorderHost recorder, Readiness readiness, MediaMetrics metrics, Listeners listeners, GatewayOptions options, TimeProvider time)
    : IHostedLifecycleService
{
    private Task _rehearsal = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        loops.Start();
        recorder.Start(); // before anything can be published
        webRtc.Start();
        metrics.Observe();
        participants.Start();
        // Beside the rest of the start, most of which is not code of ours.
        _rehearsal = Task.WhenAll(webRtc.WarmUpAsync(time), webRtc.RehearseAsync(loops.All[0]));
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (listeners.HttpPort is { } port) await FirstRequest.SendAsync(port);
        await _rehearsal;
        readiness.Started();
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Drain();
        if (options.DrainTime > TimeSpan.Zero) await Task.Delay(options.DrainTime, time, cancellationToken);
        await participants.StopAsync();
        registry.Close();
        // What the close has posted runs before this does: at publications, at viewers that live elsewhere, and at publications again.
        for (int i = 0; i < 3; i++)
            await Task.WhenAll(loops.All.Select(loop => loop.InvokeAsync(static () => { }))).WaitAsync(cancellationToken);
        await recorder.StopAsync().WaitAsync(cancellationToken);
        readiness.End();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
