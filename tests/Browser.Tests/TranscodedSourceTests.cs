using TestKit.Browsers;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Skipping;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>What a browser can't take as it is: B-frames, ten bits, and H.264 itself for Firefox.</summary>
[Trait("Suite", "matrix")]
[Collection(ViewersCollection.Name)]
public sealed class TranscodedSourceTests(GatewayFixture gateway, ChromiumFixture chromium, SourceFilesFixture files)
    : IClassFixture<SourceFilesFixture>
{
    private const double LeastSimilarity = 0.95;
    private const int FrameRate = 30;
    private const double LeastFrameRate = 0.95 * FrameRate;
    private readonly GatewayProcess _gateway = gateway.Gateway;

    [TimedFact]
    public async Task FFmpegs_default_settings_play_smoothly()
    {
        using var source = new LiveSource(_gateway.Rtmp("defaults"), EncoderSettings.Defaults());
        await _gateway.WaitForTracksAsync("defaults", 2);
        Viewing viewing = await WatchPictureAsync(chromium.Browser, "defaults", 12, "FFmpeg's defaults (High, B-frames) to Chromium");
        Assert.NotEmpty(viewing.Onsets);
    }

    [TimedFact]
    public async Task Ten_bit_422_is_made_playable()
    {
        EncoderSettings settings = new() { Video = "-c:v libx264 -preset veryfast -pix_fmt yuv422p10le -g 60", Sound = TestSound.Tone };
        string file = await files.GetAsync("ten-bit", settings);
        using FileSource source = FileSource.Push(file, _gateway.Rtmp("ten-bit"));
        await _gateway.WaitForTracksAsync("ten-bit", 2);
        await WatchPictureAsync(chromium.Browser, "ten-bit", 8, "10-bit 4:2:2 to Chromium", loops: true);
    }

    [TimedFact]
    public async Task Firefox_without_H264_gets_VP8()
    {
        using TestKit.Browsers.Browser firefox = TestKit.Browsers.Browser.Firefox(Pages.Folder);
        using var source = new LiveSource(_gateway.Rtmp("firefox"), EncoderSettings.ZeroLatency());
        await _gateway.WaitForTracksAsync("firefox", 2);
        Viewing viewing = await WatchPictureAsync(firefox, "firefox", 12, "H.264 to Firefox as VP8");
        Assert.True(viewing.Stat("audio", "packetsReceived") > 300, "sound arrived");
    }

    [TimedFact]
    public async Task Firefox_gets_VP8_of_a_source_with_B_frames()
    {
        using TestKit.Browsers.Browser firefox = TestKit.Browsers.Browser.Firefox(Pages.Folder);
        using var source = new LiveSource(_gateway.Rtmp("firefox-b"), EncoderSettings.Defaults());
        await _gateway.WaitForTracksAsync("firefox-b", 2);
        await WatchPictureAsync(firefox, "firefox-b", 12, "FFmpeg's defaults to Firefox as VP8");
    }

    /// <summary>The last round of watching a picture of the source's size, as good and as smooth.</summary>
    private async Task<Viewing> WatchPictureAsync(
        TestKit.Browsers.Browser browser, string room, double seconds, string title, bool loops = false)
    {
        Viewing viewing = null!;
        Dictionary<string, double> figures = await TimedRounds.RunAsync(title, 1000.0 / FrameRate, async () =>
        {
            viewing = await browser.WatchAsync(new PlayerJob { Url = _gateway.Whep(room), Seconds = seconds, SsimEvery = 30 });
            return Figures(viewing, loops);
        }, medians => medians["fps"] >= LeastFrameRate);
        Assert.True(figures["fps"] >= LeastFrameRate, $"{figures["fps"]:0.0} frames per second of {FrameRate}");
        return viewing;
    }

    /// <summary>What holds in every round is asserted here.</summary>
    private static Dictionary<string, double> Figures(Viewing viewing, bool loops)
    {
        Assert.True(viewing.Frames.Count > 0, $"No picture: {viewing.Result}");
        double steady = viewing.Time("posted") + 4000;
        double similarity = viewing.Similarity.DefaultIfEmpty(double.NaN).Min();
        int backward = viewing.BackwardSteps(loops ? SourceFilesFixture.Seconds * FrameRate : int.MaxValue);
        Assert.All(viewing.Frames, frame => Assert.Equal((640, 360), (frame.Width, frame.Height)));
        Assert.True(backward == 0, "a frame was older than the one before");
        Assert.True(similarity >= LeastSimilarity, $"SSIM {similarity:0.000}, median {Statistics.Median(viewing.Similarity):0.000}");
        return new()
        {
            ["fps"] = viewing.FrameRate(steady),
            ["SSIM in thousandths, median"] = 1000 * Statistics.Median(viewing.Similarity),
            ["smallest"] = 1000 * similarity,
            ["compared"] = viewing.Similarity.Count,
            ["latency"] = loops ? double.NaN : Statistics.Median(viewing.Latencies(steady)),
            ["largest gap"] = viewing.LargestGap(steady),
            ["first picture"] = viewing.FirstPicture,
        };
    }
}
