using System.Text.Json;
using TestKit.Browsers;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>Browsers that may not use UDP, as behind many an office's firewall, publish and watch over TCP.</summary>
[Trait("Suite", "browsers")]
[Collection(ViewersCollection.Name)]
public sealed class UdpBlockedTests(GatewayFixture gateway)
{
    private const double Seconds = 6;
    private const string NoUdp = "--webrtc-ip-handling-policy=disable_non_proxied_udp";

    [Fact]
    public async Task Without_UDP_Chromium_publishes_and_watches_over_TCP()
    {
        using var browser = TestKit.Browsers.Browser.Chromium(Pages.Folder, mayPlay: true, NoUdp);
        GatewayProcess over = gateway.Gateway;
        var job = new
        {
            Whip = over.Whip("no-udp"), Whep = over.Whep("no-udp"), Codec = "VP8", Width = 320, Height = 180, Seconds, Frequency = 1000,
        };
        JsonElement result = await browser.Pages.RunAsync("publisher.html", job, TimeSpan.FromSeconds(Seconds + 40));
        var viewing = new Viewing(result);

        Assert.True(viewing.Status == 201, $"answered {viewing.Status}: {viewing.Answer} {string.Join("; ", viewing.Problems)}");
        Assert.Empty(viewing.Problems);
        Assert.Equal("tcp", result.GetProperty("sent").GetProperty("protocol").GetString());
        AssertPlays("Chromium, published over TCP as well", viewing, perSecond: 10);
    }

    [Fact]
    public async Task With_TCP_candidates_only_Firefox_watches_over_TCP()
    {
        using var source = new LiveSource(gateway.Gateway.Rtmp("tcp-only"), EncoderSettings.ZeroLatency() with { Width = 320, Height = 180 });
        await gateway.Gateway.WaitForTracksAsync("tcp-only", 2);
        using var browser = TestKit.Browsers.Browser.Firefox(Pages.Folder);
        Viewing viewing = await browser.WatchAsync(new PlayerJob { Url = gateway.Gateway.Whep("tcp-only"), Seconds = Seconds, TcpOnly = true });
        AssertPlays("Firefox", viewing, perSecond: 5); // it gets a conversion, on this machine
    }

    private static void AssertPlays(string name, Viewing viewing, int perSecond)
    {
        Report.Line(FormattableString.Invariant(
            $"ICE-TCP, {name}: first picture {viewing.FirstPicture:0} ms after the viewer's POST, {viewing.ReadableFrames.Count()} pictures, ")
            + FormattableString.Invariant($"latency {Statistics.Median([.. viewing.Latencies()]):0} ms, {viewing.Windows.Count} windows of sound"));
        Assert.Equal("tcp", viewing.Result.GetProperty("stats").GetProperty("protocol").GetString());
        Assert.True(viewing.ReadableFrames.Count() > perSecond * Seconds, $"{viewing.ReadableFrames.Count()} pictures");
        Assert.Equal(0, viewing.BackwardSteps());
        Assert.True(viewing.Windows.Count > 10, "sound came");
    }
}
