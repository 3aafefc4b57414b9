using Rooms;

namespace Gateway.Hosting;

/// <summary>Starts the media loops before the listeners open, and ends all rooms before the loops stop.</summary>
internal sealed class MediaHost(MediaLoops loops, WebRtcHost webRtc, RoomRegistry registry) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        loops.Start();
        webRtc.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        registry.Close();
        // What the close has posted runs before this does.
        await Task.WhenAll(loops.All.Select(loop => loop.InvokeAsync(static () => { }))).WaitAsync(cancellationToken);
    }
}
