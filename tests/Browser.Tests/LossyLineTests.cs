using System.Text.Json;
using TestKit.Browsers;
using TestKit.Links;
using TestKit.Measuring;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>
/// A viewer behind a bad line, of a publisher that can't be asked for a keyframe; and a browser that publishes behind one.
/// </summary>
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
        double[] gaps = [.. instants.Select(at => viewing.LargestGap(at - 100, at + 2500))];
        Report.Line($"NAT rebinding: gaps of {string.Join(", ", gaps.Select(gap => $"{gap:0}"))} ms");
        Assert.All(gaps, gap => Assert.InRange(gap, 0, 1000));
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

    [Fact]
    public async Task After_an_outage_of_3_s_of_the_publishers_line_the_picture_is_back_within_a_second()
    {
        using var link = new LinkEmulator(gateway.Gateway.WebRtcPort, s_line, s_line);
        double end = 0;
        Viewing viewing = await PublishAsync("outage-in", link, 12, async () =>
        {
            await Task.Delay(3000);
            link.Change(line => line with { IsDown = true });
            await Task.Delay(3000);
            link.Change(line => line with { IsDown = false });
            end = LiveSource.Now();
        });
        double back = viewing.Frames.First(frame => frame.Time > end).Time - end;
        double live = viewing.ReadableFrames.First(frame => frame.Time > end && viewing.Latency(frame) < 500).Time - end;
        Report.Line($"Outage of 3 s of the publisher's line: picture back after {back:0} ms, at live after {live:0} ms");
        Assert.InRange(back, 0, 1000);
        Assert.InRange(live, 0, 2000);
    }

    [Fact]
    public async Task A_NAT_that_changes_the_publishers_port_interrupts_for_less_than_a_second()
    {
        using var link = new LinkEmulator(gateway.Gateway.WebRtcPort, s_line, s_line);
        var instants = new List<long>();
        Viewing viewing = await PublishAsync("rebinding-in", link, 11, async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                await Task.Delay(2500);
                link.Rebind();
                instants.Add(LiveSource.Now());
            }
        });
        double[] gaps = [.. instants.Select(at => viewing.LargestGap(at - 100, at + 2000))];
        Report.Line($"NAT rebinding of the publisher: gaps of {string.Join(", ", gaps.Select(gap => $"{gap:0}"))} ms");
        Assert.All(gaps, gap => Assert.InRange(gap, 0, 1000));
        Assert.Single(viewing.Result.GetProperty("states").EnumerateArray(), state => state[1].GetString() == "connected");
    }

    /// <summary>Chromium publishes through the link and watches beside it.</summary>
    /// <param name="meanwhile">Begins when the publication is there.</param>
    private async Task<Viewing> PublishAsync(string room, LinkEmulator link, double seconds, Func<Task> meanwhile)
    {
        var job = new
        {
            Whip = gateway.Gateway.Whip(room), Whep = gateway.Gateway.Whep(room), Codec = "VP8", Width = 640, Height = 360,
            Seconds = seconds, Frequency = 1000, ViaOut = link.Port,
        };
        Task<JsonElement> running = chromium.Browser.Pages.RunAsync("publisher.html", job, TimeSpan.FromSeconds(seconds + 40));
        await gateway.Gateway.WaitForTracksAsync(room, 2);
        await meanwhile();
        var viewing = new Viewing(await running);
        Assert.True(viewing.Status == 201, $"answered {viewing.Status}: {viewing.Answer} {string.Join("; ", viewing.Problems)}");
        Assert.Empty(viewing.Problems);
        return viewing;
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
