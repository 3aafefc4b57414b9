using TestKit.Browsers;
using TestKit.Measuring;

namespace Browser.Tests;

/// <summary>The measuring itself: two peer connections in one page, without the gateway.</summary>
[Trait("Suite", "browsers")]
public sealed class MeasuringTests
{
    [Fact]
    public async Task Chromium_reads_barcodes_and_hears_beeps() => await CheckAsync(TestKit.Browsers.Browser.Chromium(Pages.Folder));

    [Fact]
    public async Task Firefox_reads_barcodes_and_hears_beeps() => await CheckAsync(TestKit.Browsers.Browser.Firefox(Pages.Folder));

    private static async Task CheckAsync(TestKit.Browsers.Browser browser)
    {
        using (browser)
        {
            var viewing = new Viewing(await browser.Pages.RunAsync("selfcheck.html", new { seconds = 6 }, TimeSpan.FromSeconds(60)));
            double steady = viewing.Time("posted") + 2000;
            Report.Table(
                $"{browser.Name} alone, two peer connections in one page (ms)",
                ["frames", "unreadable", "fps", "latency median", "p95", "beeps", "sound latency", "sound behind picture"],
                [[
                    viewing.Frames.Count, viewing.Frames.Count(f => f.Code < 0), viewing.FrameRate(steady),
                    Statistics.Median(viewing.Latencies(steady)), Statistics.Percentile(viewing.Latencies(steady), 95),
                    viewing.Onsets.Count, Statistics.Median(viewing.SoundLatencies(steady)), viewing.SoundBehindPicture(steady),
                ]]);
            Assert.Empty(viewing.Problems);
            Assert.True(viewing.Frames.Count > 60, $"{viewing.Frames.Count} frames");
            Assert.True(viewing.Onsets.Count >= 3, $"{viewing.Onsets.Count} beeps");
            Assert.InRange(Statistics.Median(viewing.Latencies(steady)), 0, 250);
        }
    }
}
