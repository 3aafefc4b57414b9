using System.Text.Json;
using TestKit.Browsers;
using TestKit.Links;
using TestKit.Measuring;
using TestKit.Skipping;

namespace Browser.Tests;

/// <summary>
/// Chromium publishes by WHIP and watches by WHEP, one of the two behind a line that loses packets at random: how many of
/// the frames that were encoded are shown.
/// </summary>
[Trait("Suite", "network")]
[Collection(ViewersCollection.Name)]
public sealed class LossTests(GatewayFixture gateway, ChromiumFixture chromium)
{
    private const double FreezeLimit = 1000;
    private const double Settle = 2;

    /// <summary>Of each round, beside what is judged.</summary>
    private static readonly string[] s_details = ["freezes", "lost", "NACKs", "PLIs", "latency", "kbit/s"];

    [TimedTheory]
    [InlineData("viewer", 0.05, 0.95)]
    [InlineData("viewer", 0.10, 0.85)]
    [InlineData("publisher", 0.05, 0.95)]
    [InlineData("publisher", 0.10, 0.85)]
    public async Task Most_frames_are_shown_in_spite_of_loss(string side, double loss, double leastShown)
    {
        double seconds = TimedRounds.Seconds(10, 30);
        int seed = 1;
        Dictionary<string, double> figures = await TimedRounds.RunAsync(
            $"{side}'s line, {loss * 100:0} % loss, 50 ms RTT", FreezeLimit,
            () => RoundAsync($"loss-{side}-{loss * 100:0}-{seed}", side, loss, seconds, seed++),
            medians => medians["shown %"] >= leastShown * 100 && medians["largest gap"] <= FreezeLimit);
        Report.Table(
            $"Loss on the {side}'s side, {loss * 100:0} %", ["shown %", "largest gap ms", .. s_details],
            [[figures["shown %"], figures["largest gap"], .. s_details.Select(name => (object)figures[name])]]);
        Assert.True(figures["shown %"] >= leastShown * 100, $"{figures["shown %"]:0.0} % of the frames");
        Assert.InRange(figures["largest gap"], 0, FreezeLimit);
    }

    private async Task<Dictionary<string, double>> RoundAsync(string room, string side, double loss, double seconds, int seed)
    {
        LinkSettings line = new() { Delay = 25, Loss = loss };
        using var link = new LinkEmulator(gateway.Gateway.WebRtcPort, line, line, seed);
        var job = new
        {
            Whip = gateway.Gateway.Whip(room), Whep = gateway.Gateway.Whep(room), Codec = "VP8", Width = 640, Height = 360,
            Settle, Seconds = seconds, Frequency = 1000,
            ViaOut = side == "publisher" ? link.Port : 0, Via = side == "viewer" ? link.Port : 0,
        };
        var viewing = new Viewing(await chromium.Browser.Pages.RunAsync("publisher.html", job, TimeSpan.FromSeconds(seconds + 40)));
        Assert.True(viewing.Status == 201, $"answered {viewing.Status}: {viewing.Answer} {string.Join("; ", viewing.Problems)}");
        Assert.Empty(viewing.Problems);
        Assert.True(link.ToGateway.Lost > 0 && link.FromGateway.Lost > 0, "the line lost something in both directions");
        return FiguresOf(viewing);
    }

    private static Dictionary<string, double> FiguresOf(Viewing viewing)
    {
        JsonElement[] encoded = [.. viewing.Result.GetProperty("encoded").EnumerateArray()];
        (double from, double to) = (encoded[0][0].GetDouble(), encoded[1][0].GetDouble());
        double frames = encoded[1][1].GetDouble() - encoded[0][1].GetDouble();
        JsonElement sent = viewing.Result.GetProperty("sent").GetProperty("video")[0];
        return new()
        {
            ["shown %"] = Math.Min(1, ShownOf(viewing, from, to) / frames) * 100,
            ["largest gap"] = viewing.LargestGap(from, to),
            ["encoded"] = frames,
            ["freezes"] = viewing.Stat("video", "freezeCount"),
            ["lost"] = viewing.Stat("video", "packetsLost"),
            ["NACKs"] = viewing.Stat("video", "nackCount") + sent.GetProperty("nackCount").GetDouble(),
            ["PLIs"] = viewing.Stat("video", "pliCount") + sent.GetProperty("pliCount").GetDouble(),
            ["latency"] = Statistics.Median(viewing.Latencies(from, to)),
            ["kbit/s"] = sent.GetProperty("bytesSent").GetDouble() * 8 / (to - viewing.Time("posted")),
        };
    }

    /// <summary>Frames handed to the screen that were drawn in that time; the page is not called back for each of them.</summary>
    private static double ShownOf(Viewing viewing, double from, double to)
    {
        ShownFrame[] drawn = [.. viewing.ReadableFrames.Where(frame => IsBetween(frame.Time - viewing.Latency(frame), from, to))];
        return drawn.Length == 0 ? 0 : drawn[^1].Presented - drawn[0].Presented + 1;
    }

    private static bool IsBetween(double instant, double from, double to) => instant >= from && instant < to;
}
