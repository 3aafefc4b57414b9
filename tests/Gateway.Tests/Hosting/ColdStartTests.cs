using System.Net;
using Gateway.Hosting;
using Media.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Sources;
using TestKit.WebRtc;

namespace Gateway.Tests.Hosting;

/// <summary>What the first viewer of a fresh process waits for, beside the ones after it.</summary>
[Trait("Suite", "inprocess")]
public sealed class ColdStartTests
{
    private const int Processes = 2;
    private const int Viewers = 3;

    /// <summary>From the POST to the first packet of the picture. Wide: other tests run beside this one, the figures are in the table.</summary>
    private const double MostMilliseconds = 1000;

    [Fact]
    public async Task At_start_a_viewer_is_played_through()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.True(gateway.Host.Services.GetRequiredService<WebRtcHost>().IsRehearsed);
        Assert.Empty(gateway.Rooms.Rooms);
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync("/readyz")).StatusCode);
    }

    [Fact]
    public async Task The_first_viewer_of_a_process_does_not_pay_for_the_warming_up()
    {
        var rows = new List<object[]>();
        for (int process = 1; process <= Processes; process++)
        {
            using GatewayProcess gateway = await GatewayProcess.StartAsync();
            using var source = new LiveSource(gateway.Rtmp("cold"), EncoderSettings.ZeroLatency());
            await gateway.WaitForTracksAsync("cold", 2);
            for (int viewer = 1; viewer <= Viewers; viewer++) rows.Add([process, viewer, .. await WatchAsync(gateway)]);
        }

        Report.Table("Viewers of fresh processes, ms", ["process", "viewer", "answer", "check", "DTLS", "picture", "in all"], rows);
        Assert.InRange(rows.Where(row => row[1] is 1).Min(row => (double)row[^1]), 0, MostMilliseconds);
    }

    private static async Task<object[]> WatchAsync(GatewayProcess gateway)
    {
        await using WhepTestClient client = await WhepTestClient.ConnectAsync(new Uri(gateway.Whep("cold")));
        long picture = (await client.WaitForPacketsAsync(client.Video!, 1, TimeSpan.FromSeconds(5)))[0].ArrivalTime;
        long answered = client.Peer.Get(p => p.FirstAnswerAt);
        return
        [
            Ms(client.AnsweredAt - client.PostedAt), Ms(answered - client.AnsweredAt), Ms(client.ConnectedAt - answered),
            Ms(picture - client.ConnectedAt), Ms(picture - client.PostedAt),
        ];
    }

    private static double Ms(long ticks) => ticks / (double)MonotonicClock.TicksPerMillisecond;
}
