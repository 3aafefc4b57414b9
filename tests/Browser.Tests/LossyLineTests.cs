using TestKit.Browsers;
using TestKit.Links;
using TestKit.Measuring;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>A viewer behind a bad line, of a publisher that can't be asked for a keyframe.</summary>
[Trait("Suite", "network")]
[Collection(ViewersCollection.Name)]
public sealed class LossyLineTests(GatewayFixture gateway, ChromiumFixture chromium)
{
    private const int FrameRate = 30;
    private static readonly LinkSettings s_line = new() { Delay = 25 };

    [Fact]
    public async Task After_an_outage_of_3_s_the_picture_is_back_within_a_second()
    {
        using var link = new LinkEmulator(gateway.Gateway.WebRtcPort, s_line, s_line);
        double end = 0;
        Viewing viewing = await WatchAsync("outage", link, 13, async after =>
        {
            await after(4);
            link.Change(line => line with { IsDown = true });
            await after(7);
            link.Change(line => line with { IsDown = false });
            end = LiveSource.Now();
        });
        double back = viewing.Frames.First(frame => frame.Time > end).Time - end;
        double live = viewing.ReadableFrames.First(frame => frame.Time > end && viewing.Latency(frame) < 500).Time - end;
        Report.Line($"Outage of 3 s: picture back after {back:0} ms, at live after {live:0} ms");
        Assert.InRange(back, 0, 1000);
        Assert.InRange(live, 0, 2000); // as who joins late in a group of 10 s
    }

    [Fact]
    public async Task A_NAT_that_changes_its_port_interrupts_for_less_than_a_second_without_a_new_handshake()
    {
        using var link = new LinkEmulator(gateway.Gateway.WebRtcPort, s_line, s_line);
        double[] seconds = [3, 6, 9];
        var instants = new List<long>();
        Viewing viewing = await WatchAsync("rebinding", link, 12, async after =>
        {
            foreach (double second in seconds)
            {
                await after(second);
                link.Rebind();
                instants.Add(LiveSource.Now());
            }
        });
        // A viewer itself sends only what it reports on what comes: up to a second passes until its next report.
        double[] gaps = [.. instants.Select(at => viewing.LargestGap(at - 100, at + 2500))];
        Report.Line($"NAT rebinding: gaps of {string.Join(", ", gaps.Select(gap => $"{gap:0}"))} ms");
        Assert.InRange(Statistics.Median(gaps), 0, 1000);
        Assert.Single(viewing.Result.GetProperty("states").EnumerateArray(), state => state[1].GetString() == "connected");
    }

    [Fact]
    public async Task A_path_MTU_of_1280_is_enough()
    {
        LinkSettings narrow = s_line with { Mtu = 1280 };
        using var link = new LinkEmulator(gateway.Gateway.WebRtcPort, narrow, narrow);
        Viewing viewing = await WatchAsync("narrow", link, 6, _ => Task.CompletedTask);
        Assert.Equal(0, link.FromGateway.Lost);
        Assert.Equal(0, viewing.Stat("video", "packetsLost"));
        Assert.True(viewing.Stat("video", "framesReceived") >= 5 * FrameRate, "all of it came");
    }

    /// <param name="meanwhile">Gets a task that ends so many seconds after the POST.</param>
    private async Task<Viewing> WatchAsync(string room, LinkEmulator link, double seconds, Func<Func<double, Task>, Task> meanwhile)
    {
        using var source = new LiveSource(gateway.Gateway.Rtmp(room), EncoderSettings.ZeroLatency(groupFrames: 10 * FrameRate));
        await gateway.Gateway.WaitForTracksAsync(room, 2);
        long start = LiveSource.Now() + 1000;
        Task<Viewing> watching = chromium.Browser.WatchAsync(
            new PlayerJob { Url = gateway.Gateway.Whep(room), Via = link.Port, Seconds = seconds, StartAt = start });
        await meanwhile(after => Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, start + (after * 1000) - LiveSource.Now()))));
        return await watching;
    }
}
