using TestKit.Browsers;
using TestKit.Measuring;
using TestKit.Skipping;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>How late a browser shows what FFmpeg was given, and how well sound and picture keep together.</summary>
[Trait("Suite", "browsers")]
[Collection(ViewersCollection.Name)]
public sealed class LatencyTests(GatewayFixture gateway, ChromiumFixture chromium)
{
    private const double LatencyLimit = 150;
    private const double LipSyncLimit = 80;

    [TimedFact]
    public async Task A_picture_reaches_the_glass_within_150_ms()
    {
        using var source = new LiveSource(gateway.Gateway.Rtmp("latency"), EncoderSettings.ZeroLatency());
        await gateway.Gateway.WaitForTracksAsync("latency", 2);
        Dictionary<string, double> figures = await TimedRounds.RunAsync("Glass to glass, FFmpeg zerolatency to Chromium", LatencyLimit, async () =>
        {
            Viewing viewing = await chromium.Browser.WatchAsync(gateway.Gateway, "latency", TimedRounds.Seconds(8, 20));
            double steady = viewing.Time("posted") + 2000;
            return new()
            {
                ["median"] = Statistics.Median(viewing.Latencies(steady)),
                ["p95"] = Statistics.Percentile(viewing.Latencies(steady), 95),
                ["frames"] = viewing.Frames.Count,
                ["unreadable"] = viewing.Frames.Count(frame => frame.Code < 0),
                ["backward"] = viewing.BackwardSteps(),
                ["largest gap"] = viewing.LargestGap(steady),
            };
        }, medians => medians["median"] <= LatencyLimit);
        Assert.InRange(figures["median"], 0, LatencyLimit);
        Assert.Equal(0, figures["backward"]);
    }

    [TimedTheory]
    [InlineData("zerolatency")]
    [InlineData("defaults")]
    public async Task Sound_and_picture_are_within_80_ms(string preset)
    {
        string room = "lipsync-" + preset;
        EncoderSettings settings = preset == "defaults" ? EncoderSettings.Defaults() : EncoderSettings.ZeroLatency();
        using var source = new LiveSource(gateway.Gateway.Rtmp(room), settings);
        await gateway.Gateway.WaitForTracksAsync(room, 2);
        Dictionary<string, double> figures = await TimedRounds.RunAsync($"Lip sync, FFmpeg {preset} to Chromium", LipSyncLimit, async () =>
        {
            Viewing viewing = await chromium.Browser.WatchAsync(gateway.Gateway, room, TimedRounds.Seconds(16, 40));
            double posted = viewing.Time("posted");
            return new()
            {
                ["sound behind picture, 2-8 s"] =
                    Statistics.Median(viewing.SoundLatencies(posted + 2000, posted + 8000)) - Statistics.Median(viewing.Latencies(posted + 2000, posted + 8000)),
                ["from 8 s"] = viewing.SoundBehindPicture(posted + 8000),
                ["picture"] = Statistics.Median(viewing.Latencies(posted + 8000)),
                ["sound"] = Statistics.Median(viewing.SoundLatencies(posted + 8000)),
                ["beeps"] = viewing.Onsets.Count,
            };
        }, medians => Math.Abs(medians["sound behind picture, 2-8 s"]) <= LipSyncLimit && Math.Abs(medians["from 8 s"]) <= LipSyncLimit);
        Assert.InRange(figures["sound behind picture, 2-8 s"], -LipSyncLimit, LipSyncLimit);
        Assert.InRange(figures["from 8 s"], -LipSyncLimit, LipSyncLimit);
    }
}
