using TestKit.Browsers;
using TestKit.Measuring;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>The product's own pages over HTTPS, in a browser that keeps its rule of no sound before a gesture.</summary>
[Trait("Suite", "browsers")]
[Collection(ViewersCollection.Name)]
public sealed class PageTests(GatewayFixture gateway) : IDisposable
{
    private const string IsPlaying = "(v => v && v.videoWidth > 0 && v.currentTime > 0 && !v.paused)(document.querySelector('video'))";
    private const string IsSoundButtonShown = "(b => b && b.offsetParent !== null)(document.querySelector('#sound'))";

    private readonly TestKit.Browsers.Browser _browser =
        TestKit.Browsers.Browser.Chromium(Pages.Folder, mayPlay: false, CdpPage.Flag, "--ignore-certificate-errors");

    [Fact]
    public async Task The_watch_page_starts_muted_and_one_tap_brings_sound()
    {
        using var source = new LiveSource(gateway.Gateway.Rtmp("tap"), EncoderSettings.ZeroLatency());
        await gateway.Gateway.WaitForTracksAsync("tap", 2);
        using CdpPage page = await OpenAsync("watch.html?room=tap");
        long opened = LiveSource.Now();
        await page.WaitForAsync(IsPlaying);
        Report.Line($"watch.html: moving picture {LiveSource.Now() - opened} ms after opening the page");
        Assert.True(await page.IsTrueAsync("document.querySelector('video').muted"), "muted before the gesture");
        await page.WaitForAsync(IsSoundButtonShown);
        await page.ClickAsync("#sound");
        await page.WaitForAsync("!document.querySelector('video').muted");
        await page.WaitForAsync(IsPlaying);
        await page.WaitForAsync($"!{IsSoundButtonShown}");
    }

    [Fact]
    public async Task The_watch_page_says_that_nothing_is_live_and_starts_with_the_publisher()
    {
        using CdpPage page = await OpenAsync("watch.html?room=later");
        await page.WaitForAsync("/nothing is live/i.test(document.body.innerText)");
        using (new LiveSource(gateway.Gateway.Rtmp("later"), EncoderSettings.ZeroLatency()))
        {
            await page.WaitForAsync(IsPlaying, seconds: 20);
        }

        // The publisher goes and comes back: the page goes on by itself.
        await Task.Delay(1000);
        using var again = new LiveSource(gateway.Gateway.Rtmp("later"), EncoderSettings.ZeroLatency());
        double before = (await page.EvaluateAsync("document.querySelector('video').currentTime")).GetDouble();
        await page.WaitForAsync($"{IsPlaying} && document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames > 0", seconds: 20);
        await page.WaitForAsync(FormattableString.Invariant($"document.querySelector('video').currentTime !== {before}"), seconds: 20);
    }

    [Fact]
    public async Task The_publish_page_shows_the_camera_goes_live_and_stops()
    {
        using CdpPage page = await OpenAsync("publish.html?room=frompage");
        await page.WaitForAsync(IsPlaying);
        await page.WaitForAsync("(document.querySelector('#go').scrollIntoView(), !document.querySelector('#go').disabled)");
        await page.ClickAsync("#go");
        await page.WaitForAsync("document.querySelector('#state').textContent === 'live'");
        await page.WaitForAsync("document.querySelector('#level').value > 0");
        await gateway.Gateway.WaitForTracksAsync("frompage", 2);
        await page.ClickAsync("#stop");
        await page.WaitForAsync("!document.querySelector('#go').hidden && !document.querySelector('#go').disabled");
    }

    [Fact]
    public async Task The_rooms_page_lists_what_is_live_and_leads_to_it()
    {
        using var source = new LiveSource(gateway.Gateway.Rtmp("listed"), EncoderSettings.ZeroLatency());
        await gateway.Gateway.WaitForTracksAsync("listed", 2);
        using CdpPage page = await OpenAsync("");
        const string Link = "#rooms a[href*=\"room=listed\"]";
        await page.WaitForAsync($"document.querySelector('{Link}')");
        await page.ClickAsync(Link);
        await page.WaitForAsync("location.pathname.endsWith('watch.html')");
        await page.WaitForAsync(IsPlaying);
    }

    [Fact]
    public async Task The_reference_page_shows_the_API()
    {
        using CdpPage page = await OpenAsync("docs");
        await page.WaitForAsync("document.body.innerText.includes('/rooms')");
    }

    public void Dispose() => _browser.Dispose();

    private Task<CdpPage> OpenAsync(string path) => CdpPage.OpenAsync(_browser, new Uri(gateway.Gateway.Https, path));
}
