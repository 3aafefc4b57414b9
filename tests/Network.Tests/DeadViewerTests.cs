using System.Text.Json;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Sources;
using TestKit.WebRtc;

namespace Network.Tests;

/// <summary>A viewer that says nothing any more loses its place after 25 s, and not before.</summary>
[Trait("Suite", "network")]
public sealed class DeadViewerTests
{
    [Fact]
    public async Task A_viewer_that_vanished_is_closed_after_25_s()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync();
        using var source = new LiveSource(gateway.Rtmp("gone"), EncoderSettings.ZeroLatency());
        await gateway.WaitForTracksAsync("gone", 2);
        long vanished;
        await using (WhepTestClient viewer = await WhepTestClient.ConnectAsync(new Uri(gateway.Whep("gone"))))
        {
            await viewer.WaitForPacketsAsync(viewer.Video!, 30, TimeSpan.FromSeconds(10));
            viewer.Peer.Do(peer => peer.IsSilent = true);
            vanished = LiveSource.Now();
            double kept = await WaitUntilEmptyAsync(gateway, vanished, seconds: 35);
            Report.Line($"Viewer that vanished: closed after {kept:0.0} s");
            Assert.InRange(kept, 22, 28);
        }
    }

    private static async Task<double> WaitUntilEmptyAsync(GatewayProcess gateway, long since, int seconds)
    {
        while (LiveSource.Now() < since + (seconds * 1000) && await ViewersAsync(gateway) > 0) await Task.Delay(200);
        return (LiveSource.Now() - since) / 1000.0;
    }

    private static async Task<int> ViewersAsync(GatewayProcess gateway)
    {
        JsonElement room = await gateway.GetAsync("rooms/gone");
        return room.GetProperty("viewers").GetInt32();
    }
}
