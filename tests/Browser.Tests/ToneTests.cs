using System.Globalization;
using TestKit.Browsers;
using TestKit.Measuring;
using TestKit.Skipping;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>A steady tone through AAC and Opus, heard in the browser.</summary>
[Trait("Suite", "browsers")]
[Collection(ViewersCollection.Name)]
public sealed class ToneTests(GatewayFixture gateway, ChromiumFixture chromium)
{
    private const double LeastSignalToNoise = 35;

    [TimedFact]
    public async Task A_tone_of_1_kHz_has_no_gap_and_no_click_for_30_s()
    {
        using var source = new LiveSource(gateway.Gateway.Rtmp("tone"), EncoderSettings.ZeroLatency() with { Sound = TestSound.Tone });
        await gateway.Gateway.WaitForTracksAsync("tone", 2);
        Dictionary<string, double> figures = await TimedRounds.RunAsync("1 kHz tone for 30 s, AAC to Opus to Chromium", 20, async () =>
        {
            Viewing viewing = await chromium.Browser.WatchAsync(gateway.Gateway, "tone", 33);
            SoundWindow[] windows = [.. viewing.Windows.Where(window => window.Time > viewing.Time("posted") + 2500)];
            Report.Line("  restless windows at " + string.Join(", ", windows.Where(w => w.SignalToNoise < 30)
                .Select(w => string.Create(CultureInfo.InvariantCulture, $"{(w.Time - viewing.Time("posted")) / 1000:0.0} s ({w.SignalToNoise:0})"))));
            double[] levels = [.. windows.Select(window => window.Level)];
            return new()
            {
                ["windows of 100 ms"] = windows.Length,
                ["level spread dB"] = levels.Max() - levels.Min(),
                ["smallest SNR dB"] = windows.Min(window => window.SignalToNoise),
                ["median SNR dB"] = Statistics.Median(windows.Select(window => window.SignalToNoise)),
                ["concealed samples"] = viewing.Stat("audio", "concealedSamples"),
                ["stretched samples"] = viewing.Stat("audio", "insertedSamplesForDeceleration") + viewing.Stat("audio", "removedSamplesForAcceleration"),
            };
        });
        Assert.InRange(figures["windows of 100 ms"], 290, 330);
        Assert.InRange(figures["level spread dB"], 0, 1);
        Assert.True(figures["median SNR dB"] >= LeastSignalToNoise);
    }
}
