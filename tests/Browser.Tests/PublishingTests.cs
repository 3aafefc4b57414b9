using System.Text.Json;
using TestKit.Browsers;
using TestKit.Measuring;
using TestKit.Processes;

namespace Browser.Tests;

/// <summary>Chromium publishes by WHIP and watches itself by WHEP: what it encodes is what it decodes.</summary>
[Trait("Suite", "matrix")]
[Collection(ViewersCollection.Name)]
public sealed class PublishingTests(GatewayFixture gateway, ChromiumFixture chromium)
{
    private const double Seconds = 5;

    private readonly GatewayProcess _gateway = gateway.Gateway;

    [Theory]
    [InlineData("H264")]
    [InlineData("VP8")]
    [InlineData("VP9")]
    [InlineData("AV1")]
    public async Task What_is_published_in_a_codec_is_seen_and_heard_in_it(string codec)
    {
        (Viewing viewing, JsonElement publication) = await PublishAsync("whip-" + codec, codec, null);

        Print(codec, viewing);
        Assert.Equal($"video/{codec}", viewing.Result.GetProperty("stats").GetProperty("videoCodec").GetString());
        Assert.Equal($"video/{codec}", viewing.Result.GetProperty("sent").GetProperty("videoCodec").GetString());
        AssertPlays(viewing);
        JsonElement track = TrackOf(publication);
        Assert.Equal(codec, track.GetProperty("codec").GetString());
        Assert.Equal((320, 180), (track.GetProperty("width").GetInt32(), track.GetProperty("height").GetInt32()));
        Assert.True(track.GetProperty("webrtcCompatible").GetBoolean());
        Assert.Empty(publication.GetProperty("conversions").EnumerateArray());
        Assert.Equal(200, viewing.Result.GetProperty("left").GetInt32());
    }

    [Theory]
    [InlineData("AV1", "H264")]
    [InlineData("VP9", "VP8")] // no more than two: a machine with two cores has places for two conversions
    public async Task A_viewer_that_lacks_the_codec_gets_a_conversion(string sent, string seen)
    {
        (Viewing viewing, _) = await PublishAsync($"whip-{sent}-{seen}", sent, null, only: seen);

        Print($"{sent} seen in {seen}", viewing);
        Assert.Equal($"video/{seen}", viewing.Result.GetProperty("stats").GetProperty("videoCodec").GetString());
        AssertPlays(viewing);
    }

    [Fact]
    public async Task Of_a_simulcast_publisher_the_largest_encoding_is_seen()
    {
        // Small enough that all three fit what the browser believes it may send at the beginning.
        object[] encodings =
        [
            new { rid = "q", scaleResolutionDownBy = 4, maxBitrate = 50_000 },
            new { rid = "h", scaleResolutionDownBy = 2, maxBitrate = 80_000 },
            new { rid = "f", maxBitrate = 200_000 },
        ];
        (Viewing viewing, _) = await PublishAsync("whip-simulcast", "VP8", encodings, width: 640, height: 360, seconds: 8);

        Print("VP8 simulcast", viewing);
        JsonElement[] sent = [.. viewing.Result.GetProperty("sent").GetProperty("video").EnumerateArray()];
        int[] widths = [.. sent.Where(stream => stream.TryGetProperty("frameWidth", out _)).Select(stream => stream.GetProperty("frameWidth").GetInt32())];
        Report.Line($"  sent in widths {string.Join(", ", widths)}, seen in "
            + string.Join(", ", viewing.Frames.GroupBy(frame => frame.Width).Select(group => $"{group.Key} ({group.Count()})")));
        Assert.Equal(3, sent.Length);
        Assert.True(widths.Length > 1, "more than one encoding was sent");
        AssertPlays(viewing);
        // A browser that is short of bandwidth or of time leaves the largest one out.
        Assert.Equal(widths.Max(), viewing.Frames[^1].Width);
    }

    [Fact]
    public async Task A_viewer_of_a_simulcast_publisher_gets_the_encoding_that_it_chooses()
    {
        object[] encodings =
        [
            new { rid = "q", scaleResolutionDownBy = 4, maxBitrate = 50_000 },
            new { rid = "h", scaleResolutionDownBy = 2, maxBitrate = 80_000 },
        ];
        object?[][] layers = [["q", 3], [null, 3]];
        (Viewing viewing, _) = await PublishAsync("whip-layers", "VP8", encodings, width: 640, height: 360, layers: layers);

        JsonElement[] chosen = [.. viewing.Result.GetProperty("chosen").EnumerateArray()];
        Assert.All(chosen, choice => Assert.Equal(200, choice[2].GetInt32()));
        double[] instants = [.. chosen.Select(choice => choice[0].GetDouble())];
        int[] widths = [.. Widths(viewing, 0, instants[0]), .. Widths(viewing, instants[0] + 1500, instants[1]), .. Widths(viewing, instants[1] + 1500, double.MaxValue)];
        Report.Line($"WHIP VP8 simulcast, viewer's choice: widths {string.Join(", ", widths)}, largest gap {viewing.LargestGap(instants[0] - 1000):0} ms, {viewing.BackwardSteps()} steps back");
        Assert.Equal([320, 160, 320], widths);
        Assert.InRange(viewing.LargestGap(instants[0] - 1000), 0, 1000);
        Assert.Equal(0, viewing.BackwardSteps());
    }

    /// <summary>Of the pictures shown in that time.</summary>
    private static IEnumerable<int> Widths(Viewing viewing, double from, double to) =>
        viewing.Frames.Where(frame => frame.Time >= from && frame.Time < to).Select(frame => frame.Width).Distinct();

    private static void AssertPlays(Viewing viewing)
    {
        Assert.True(viewing.ReadableFrames.Count() > 10 * Seconds, $"{viewing.ReadableFrames.Count()} pictures");
        Assert.Equal(0, viewing.BackwardSteps());
        Assert.InRange(Statistics.Median([.. viewing.Latencies()]), 0, 2000);
        Assert.True(viewing.Windows.Count > 10, "sound came");
        Assert.True(Statistics.Median([.. viewing.Windows.Skip(5).Select(window => window.SignalToNoise)]) > 15, "the tone is clean");
    }

    private static void Print(string name, Viewing viewing) => Report.Line(FormattableString.Invariant(
        $"WHIP {name}: first picture {viewing.FirstPicture:0} ms after the viewer's POST, {viewing.ReadableFrames.Count()} pictures, ")
        + FormattableString.Invariant($"latency {Statistics.Median([.. viewing.Latencies()]):0} ms, largest gap {viewing.LargestGap(viewing.Frames.Count > 0 ? viewing.Frames[0].Time : 0):0} ms, ")
        + $"the browser could send {SendableBitrate(viewing)} bit/s");

    /// <summary>Chromium has no estimate for a moment after each change of its path.</summary>
    private static string SendableBitrate(Viewing viewing) =>
        viewing.Result.GetProperty("sent").TryGetProperty("pair", out JsonElement pair)
        && pair.TryGetProperty("availableOutgoingBitrate", out JsonElement bitrate) ? bitrate.ToString() : "an unknown number of";

    private static JsonElement TrackOf(JsonElement publication) =>
        publication.GetProperty("tracks").EnumerateArray().Single(track => track.GetProperty("kind").GetString() == "video");

    /// <summary>What the viewer saw, and what the API said meanwhile.</summary>
    private async Task<(Viewing Viewing, JsonElement Publication)> PublishAsync(
        string room, string codec, object[]? encodings, int width = 320, int height = 180, double seconds = Seconds, string? only = null,
        object?[][]? layers = null)
    {
        var job = new
        {
            Whip = _gateway.Whip(room), Whep = _gateway.Whep(room), Codec = codec, Width = width, Height = height, Encodings = encodings,
            Seconds = seconds, Frequency = 1000, Only = only, Layers = layers ?? [],
        };
        Task<JsonElement> running = chromium.Browser.Pages.RunAsync("publisher.html", job, TimeSpan.FromSeconds(seconds + 50));
        await Task.WhenAny(_gateway.WaitForTracksAsync(room, 2, seconds: 40), running);
        await Task.WhenAny(Task.Delay(2000), running);
        JsonElement publication = running.IsCompleted ? default : (await _gateway.GetAsync("rooms/" + room)).GetProperty("publications")[0];
        var viewing = new Viewing(await running);
        Assert.True(viewing.Status == 201, $"answered {viewing.Status}: {viewing.Answer} {string.Join("; ", viewing.Problems)}");
        Assert.Empty(viewing.Problems);
        return (viewing, publication);
    }
}
