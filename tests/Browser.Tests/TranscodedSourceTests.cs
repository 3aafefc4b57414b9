using System.Text.Json;
using TestKit.Browsers;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>What a browser can't take as it is: B-frames, ten bits, and H.264 itself for Firefox.</summary>
[Trait("Suite", "browsers")]
[Collection(ViewersCollection.Name)]
public sealed class TranscodedSourceTests(GatewayFixture gateway, ChromiumFixture chromium, SourceFilesFixture files)
    : IClassFixture<SourceFilesFixture>
{
    private const double LeastSimilarity = 0.95;
    private readonly GatewayProcess _gateway = gateway.Gateway;

    [Fact]
    public async Task FFmpegs_default_settings_play_smoothly()
    {
        using var source = new LiveSource(_gateway.Rtmp("defaults"), EncoderSettings.Defaults());
        await _gateway.WaitForTracksAsync("defaults", 2);
        Viewing viewing = await WatchAsync(chromium.Browser, "defaults", 12);
        AssertPicture(viewing, "FFmpeg's defaults (High, B-frames) to Chromium", 640, 360, 30);
        Assert.NotEmpty(viewing.Onsets);
    }

    [Fact]
    public async Task Ten_bit_422_is_made_playable()
    {
        EncoderSettings settings = new() { Video = "-c:v libx264 -preset veryfast -pix_fmt yuv422p10le -g 60", Sound = TestSound.Tone };
        string file = await files.GetAsync("ten-bit", settings);
        using FileSource source = FileSource.Push(file, _gateway.Rtmp("ten-bit"));
        await _gateway.WaitForTracksAsync("ten-bit", 2);
        Viewing viewing = await WatchAsync(chromium.Browser, "ten-bit", 8);
        AssertPicture(viewing, "10-bit 4:2:2 to Chromium", 640, 360, 30, loops: true);
    }

    [Fact]
    public async Task Firefox_without_H264_gets_VP8()
    {
        using TestKit.Browsers.Browser firefox = TestKit.Browsers.Browser.Firefox(Pages.Folder);
        using var source = new LiveSource(_gateway.Rtmp("firefox"), EncoderSettings.ZeroLatency());
        await _gateway.WaitForTracksAsync("firefox", 2);
        Viewing viewing = await WatchAsync(firefox, "firefox", 12);
        AssertPicture(viewing, "H.264 to Firefox as VP8", 640, 360, 30);
        Assert.True(viewing.Stat("audio", "packetsReceived") > 300, "sound arrived");
    }

    [Fact]
    public async Task Firefox_gets_VP8_of_a_source_with_B_frames()
    {
        using TestKit.Browsers.Browser firefox = TestKit.Browsers.Browser.Firefox(Pages.Folder);
        using var source = new LiveSource(_gateway.Rtmp("firefox-b"), EncoderSettings.Defaults());
        await _gateway.WaitForTracksAsync("firefox-b", 2);
        Viewing viewing = await WatchAsync(firefox, "firefox-b", 12);
        AssertPicture(viewing, "FFmpeg's defaults to Firefox as VP8", 640, 360, 30);
    }

    private async Task<Viewing> WatchAsync(TestKit.Browsers.Browser browser, string room, double seconds)
    {
        Task<Viewing> watching = browser.WatchAsync(new PlayerJob { Url = _gateway.Whep(room), Seconds = seconds, SsimEvery = 30 });
        await Task.WhenAny(watching, Task.Delay(TimeSpan.FromSeconds(seconds - 1)));
        JsonElement publication = (await _gateway.GetAsync("rooms/" + room)).GetProperty("publications")[0];
        foreach (JsonElement track in publication.GetProperty("conversions").EnumerateArray()) Report.Line($"  {room}: {track}");
        return await watching;
    }

    private static void AssertPicture(Viewing viewing, string title, int width, int height, double rate, bool loops = false)
    {
        Assert.True(viewing.Frames.Count > 0, $"No picture: {viewing.Result}");
        double steady = viewing.Time("posted") + 4000;
        double shown = viewing.FrameRate(steady);
        double similarity = viewing.Similarity.DefaultIfEmpty(double.NaN).Min();
        int backward = viewing.BackwardSteps(loops ? (int)(SourceFilesFixture.Seconds * rate) : int.MaxValue);
        Report.Table(
            title, ["fps", "SSIM median", "smallest", "compared", "latency median", "largest gap", "backward", "first picture", "codec size"],
            [[
                shown, $"{Statistics.Median(viewing.Similarity):0.000}", $"{similarity:0.000}", viewing.Similarity.Count, loops ? double.NaN : Statistics.Median(viewing.Latencies(steady)),
                viewing.LargestGap(steady), backward, viewing.FirstPicture, $"{viewing.Frames[^1].Width}x{viewing.Frames[^1].Height}",
            ]]);
        Assert.All(viewing.Frames, frame => Assert.Equal((width, height), (frame.Width, frame.Height)));
        Assert.True(shown >= rate * 0.95, $"{shown:0.0} frames per second of {rate}");
        Assert.True(backward == 0, "a frame was older than the one before");
        Assert.True(similarity >= LeastSimilarity, $"SSIM {similarity:0.000}");
    }
}
