using System.Text.Json;
using TestKit.Browsers;
using TestKit.Processes;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>recordings.html over HTTPS: what was recorded is found, played with seeking, and removed.</summary>
[Trait("Suite", "recorder")]
public sealed class RecordingPageTests : IDisposable
{
    private const string Video = "document.querySelector('#video')";
    private const string IsPlaying = $"(v => v.videoWidth > 0 && v.currentTime > 0 && !v.paused)({Video})";

    private readonly TestKit.Browsers.Browser _browser =
        TestKit.Browsers.Browser.Chromium(Pages.Folder, mayPlay: true, CdpPage.Flag, "--ignore-certificate-errors");

    [Fact]
    public async Task A_recording_of_several_segments_plays_as_one_with_seeking_and_is_removed()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync("--Recorder:Policy=always", "--Recorder:SegmentMegabytes=1");
        await ChildProcess.RunAsync("ffmpeg",
        [
            .. "-hide_banner -loglevel error -re -f lavfi -i testsrc2=s=640x360:r=25:d=10 -f lavfi -i sine=d=10 -c:v libx264 -preset ultrafast -tune zerolatency -g 25".Split(' '),
            .. "-pix_fmt yuv420p -b:v 3M -minrate 3M -maxrate 3M -bufsize 1M -nal-hrd cbr -c:a aac -f flv".Split(' '), gateway.Rtmp("show"),
        ]);
        await WaitForSegmentsAsync(gateway, "show");
        using CdpPage page = await CdpPage.OpenAsync(_browser, new Uri(gateway.Https, "recordings.html?room=show"));
        await page.WaitForAsync("document.querySelectorAll('.recording').length === 1");
        await page.WaitForAsync("document.querySelector('.recording img')?.naturalWidth > 0");
        await page.ClickAsync(".recording .picture");
        await page.WaitForAsync(IsPlaying);
        await page.WaitForAsync("Number(document.querySelector('#seek').max) > 9.5");

        // Into the last segment, by the bar.
        await page.EvaluateAsync("(bar => { bar.value = 9; bar.dispatchEvent(new Event('input')); bar.dispatchEvent(new Event('change')); return 1; })(document.querySelector('#seek'))");
        await page.WaitForAsync($"{Video}.currentSrc.includes('1-00') && !{Video}.currentSrc.includes('1-001') && Number(document.querySelector('#seek').value) >= 9 && {Video}.videoWidth > 0");

        // From the first into the second by itself.
        await page.EvaluateAsync("(bar => { bar.value = 0.5; bar.dispatchEvent(new Event('change')); return 1; })(document.querySelector('#seek'))");
        await page.WaitForAsync($"{Video}.currentSrc.includes('1-001') && {Video}.currentTime >= 0.5 && {IsPlaying}");
        await page.WaitForAsync($"{Video}.currentSrc.includes('1-002') && {IsPlaying}", seconds: 15);

        // The publisher may return for a while, so it still runs.
        await page.EvaluateAsync($"({Action("End recording")}.click(), 1)");
        await page.ClickAsync("#sure-ok");
        await page.WaitForAsync($"{Action("Delete")} !== undefined");
        await page.EvaluateAsync($"({Action("Delete")}.click(), 1)");
        await page.ClickAsync("#sure-ok");
        await page.WaitForAsync("document.querySelectorAll('.recording').length === 0");
        Assert.Empty(Directory.GetDirectories(Path.Combine(gateway.Folder, "recordings")));
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_running_recording_plays_up_to_what_was_on_the_disk()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync("--Recorder:Policy=always");
        using var source = new LiveSource(gateway.Rtmp("now"), EncoderSettings.ZeroLatency());
        await gateway.WaitForTracksAsync("now", 2);
        await Task.Delay(4000);
        using CdpPage page = await CdpPage.OpenAsync(_browser, new Uri(gateway.Https, "recordings.html"));
        await page.WaitForAsync("document.querySelector('.recording .live')");
        await page.ClickAsync(".recording .picture");
        await page.WaitForAsync($"{IsPlaying} && {Video}.currentTime > 2", seconds: 20);
    }

    public void Dispose() => _browser.Dispose();

    private static async Task WaitForSegmentsAsync(GatewayProcess gateway, string room)
    {
        for (int i = 0; i < 150; i++, await Task.Delay(100))
        {
            JsonElement list = await gateway.GetAsync($"recordings?room={room}");
            if (list.GetProperty("total").GetInt32() == 0) continue;
            JsonElement[] segments = [.. list.GetProperty("items")[0].GetProperty("publications")[0].GetProperty("segments").EnumerateArray()];
            if (segments.Length > 2 && segments.All(segment => segment.GetProperty("finished").GetBoolean())) return;
        }

        Assert.Fail($"Not recorded:\n{gateway.Process.Log}");
    }

    private static string Action(string text) => $"[...document.querySelectorAll('.recording .actions button')].find(b => b.textContent === '{text}')";
}
