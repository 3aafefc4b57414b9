using System.Text.Json;
using TestKit.Browsers;
using TestKit.Measuring;
using TestKit.Processes;

namespace Browser.Tests;

/// <summary>A browser that may not use UDP, as behind many an office's firewall, publishes and watches over TCP.</summary>
[Trait("Suite", "browsers")]
[Collection(ViewersCollection.Name)]
public sealed class UdpBlockedTests(GatewayFixture gateway) : IDisposable
{
    private const double Seconds = 6;
    private const string NoUdp = "--webrtc-ip-handling-policy=disable_non_proxied_udp";

    private readonly TestKit.Browsers.Browser _browser = TestKit.Browsers.Browser.Chromium(Pages.Folder, mayPlay: true, NoUdp);

    [Fact]
    public async Task Without_UDP_a_browser_publishes_and_watches_over_TCP()
    {
        GatewayProcess over = gateway.Gateway;
        var job = new
        {
            Whip = over.Whip("no-udp"), Whep = over.Whep("no-udp"), Codec = "VP8", Width = 320, Height = 180, Seconds, Frequency = 1000,
        };
        JsonElement result = await _browser.Pages.RunAsync("publisher.html", job, TimeSpan.FromSeconds(Seconds + 40));
        var viewing = new Viewing(result);

        Assert.True(viewing.Status == 201, $"answered {viewing.Status}: {viewing.Answer} {string.Join("; ", viewing.Problems)}");
        Assert.Empty(viewing.Problems);
        Report.Line(FormattableString.Invariant(
            $"ICE-TCP: first picture {viewing.FirstPicture:0} ms after the viewer's POST, {viewing.ReadableFrames.Count()} pictures, ")
            + FormattableString.Invariant($"latency {Statistics.Median([.. viewing.Latencies()]):0} ms, {viewing.Windows.Count} windows of sound"));
        Assert.Equal("tcp", result.GetProperty("sent").GetProperty("protocol").GetString());
        Assert.Equal("tcp", result.GetProperty("stats").GetProperty("protocol").GetString());
        Assert.True(viewing.ReadableFrames.Count() > 10 * Seconds, $"{viewing.ReadableFrames.Count()} pictures");
        Assert.Equal(0, viewing.BackwardSteps());
        Assert.True(viewing.Windows.Count > 10, "sound came");
    }

    public void Dispose() => _browser.Dispose();
}
