using System.Net.Http.Json;
using TestKit.Browsers;
using TestKit.Processes;

namespace Browser.Tests;

/// <summary>Files that are played into a room, started at the page and watched by a browser beyond their end.</summary>
[Trait("Suite", "recorder")]
[Collection(ViewersCollection.Name)]
public sealed class PlaybackTests(GatewayFixture gateway) : IDisposable
{
    private readonly TestKit.Browsers.Browser _browser =
        TestKit.Browsers.Browser.Chromium(Pages.Folder, mayPlay: true, CdpPage.Flag, "--ignore-certificate-errors");

    public void Dispose() => _browser.Dispose();

    [Fact]
    public async Task The_page_plays_a_file_pauses_it_and_ends_it()
    {
        await MakeAsync("page.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 0 -g 25 -c:a aac");
        using CdpPage page = await OpenAsync("playback.html?room=played");
        await page.WaitForAsync("[...document.querySelectorAll('select[name=file] option')].some(o => o.value === 'page.mp4')");
        await page.EvaluateAsync("document.querySelector('select[name=file]').value = 'page.mp4', document.querySelector('input[name=loop]').checked = true");
        await page.ClickAsync("#play");
        await page.WaitForAsync(StateIs("playing"));
        using (CdpPage watch = await OpenAsync("watch.html?room=played"))
            await watch.WaitForAsync(Shows(frames: 125), seconds: 30); // two seconds have 50
        await page.ClickAsync("#playbacks .actions button");
        await page.WaitForAsync(StateIs("paused"));
        await page.ClickAsync("#playbacks .actions button");
        await page.WaitForAsync(StateIs("playing"));
        await page.ClickAsync("#playbacks .actions button:nth-of-type(3)");
        await page.WaitForAsync(StateIs("stopped"));
    }

    [Theory]
    [InlineData("vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -c:a libopus")]
    [InlineData("vp8.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -g 25 -c:a libopus")]
    [InlineData("av1.webm", "-c:v libaom-av1 -usage realtime -cpu-used 8 -g 25 -c:a libopus")]
    [InlineData("av1.mp4", "-c:v libaom-av1 -usage realtime -cpu-used 8 -g 25 -c:a libopus")]
    [InlineData("bframes.mp4", "-c:v libx264 -preset veryfast -pix_fmt yuv420p -bf 2 -g 25 -c:a aac")]
    public async Task A_looped_file_of_each_codec_is_shown_over_its_end(string name, string codecs)
    {
        await MakeAsync(name, codecs);
        string room = name.Replace('.', '-');
        using HttpClient client = gateway.Gateway.CreateHttpClient();
        using HttpResponseMessage answer = await client.PostAsJsonAsync($"api/v1/rooms/{room}/playback", new { file = name, loop = true });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        using CdpPage watch = await OpenAsync($"watch.html?room={room}");
        await watch.WaitForAsync(Shows(frames: 125), seconds: 30);
        using HttpResponseMessage end = await client.DeleteAsync(answer.Headers.Location);
        Assert.True(end.IsSuccessStatusCode);
    }

    private static string StateIs(string state) => $"[...document.querySelectorAll('#playbacks .pill')].some(p => p.textContent === '{state}')";

    private static string Shows(int frames) => FormattableString.Invariant(
        $"(v => v && v.videoWidth === 320 && !v.paused && v.getVideoPlaybackQuality().totalVideoFrames - v.getVideoPlaybackQuality().droppedVideoFrames > {frames})(document.querySelector('video'))");

    private async Task MakeAsync(string name, string codecs)
    {
        string folder = Path.Combine(gateway.Gateway.Folder, "media");
        Directory.CreateDirectory(folder);
        await ChildProcess.RunAsync(
            "ffmpeg",
            [
                "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2",
                "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2", .. codecs.Split(' '), Path.Combine(folder, name),
            ]);
    }

    private Task<CdpPage> OpenAsync(string path) => CdpPage.OpenAsync(_browser, new Uri(gateway.Gateway.Https, path));
}
