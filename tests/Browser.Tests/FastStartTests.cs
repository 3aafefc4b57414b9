using System.Globalization;
using TestKit.Browsers;
using TestKit.Measuring;
using TestKit.Skipping;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>A viewer who joins in the middle of a group of pictures of a publisher that can't be asked for a keyframe.</summary>
[Trait("Suite", "browsers")]
[Collection(ViewersCollection.Name)]
public sealed class FastStartTests(GatewayFixture gateway, ChromiumFixture chromium, SourceFilesFixture files)
    : IClassFixture<SourceFilesFixture>
{
    private const double FirstPictureLimit = 300;
    private const double GapLimit = 150;
    private const double LatencyDifferenceLimit = 50;
    private const double Watched = 6.6;
    private const int LoopSeconds = 20;

    [TimedTheory]
    [InlineData(640, 360, 2, 0.3, 1, 1.8)]
    [InlineData(640, 360, 10, 1, 5, 9)]
    [InlineData(1280, 720, 2, 0.3, 1, 1.8)]
    [InlineData(1280, 720, 10, 1, 5, 9)]
    public async Task A_viewer_of_a_forwarded_source_sees_a_picture_at_once_and_is_soon_at_live(
        int width, int height, int group, double early, double middle, double late)
    {
        string room = string.Create(CultureInfo.InvariantCulture, $"join-{width}-{group}");
        EncoderSettings settings = EncoderSettings.ZeroLatency(group * 30) with { Width = width, Height = height };
        string file = await PreparedSource.EncodeAsync(files.Folder, room + ".flv", settings, LoopSeconds);
        using var source = new PreparedSource(file, gateway.Gateway.Rtmp(room), LoopSeconds);
        await gateway.Gateway.WaitForTracksAsync(room, 2);
        Dictionary<string, double> figures = await TimedRounds.RunAsync($"Join at {width}x{height}, group of {group} s", GapLimit, async () =>
        {
            var all = new Dictionary<string, double>();
            double reference = double.NaN;
            foreach (double position in (double[])[0, early, middle, late])
            {
                long instant = source.NextInstantAfterIdr(group, position, leadMilliseconds: 800);
                Viewing viewing = await chromium.Browser.WatchAsync(gateway.Gateway, room, Watched, instant);
                viewing.Clock = source.Clock;
                var join = JoinFigures.Of(viewing);
                if (position == 0) reference = join.SteadyLatency;
                join.AddTo(all, position, join.SteadyLatency - reference);
            }

            return all;
        }, medians => !Unmet(medians, [early, middle, late]).Any());
        string[] unmet = [.. Unmet(figures, [early, middle, late])];
        Assert.True(unmet.Length == 0, string.Join("; ", unmet));
    }

    [TimedFact]
    public async Task A_viewer_of_a_transcoded_source_waits_only_as_the_first_one()
    {
        const string Room = "join-transcoded";
        using var source = new LiveSource(gateway.Gateway.Rtmp(Room), EncoderSettings.Defaults());
        await gateway.Gateway.WaitForTracksAsync(Room, 2);
        await Task.Delay(3000);
        Viewing first = await chromium.Browser.WatchAsync(gateway.Gateway, Room, 4);
        Dictionary<string, double> figures = await TimedRounds.RunAsync("Join a transcoded source", FirstPictureLimit, async () =>
        {
            Task<Viewing> one = chromium.Browser.WatchAsync(gateway.Gateway, Room, 9);
            await Task.Delay(3000);
            Viewing two = await chromium.Browser.WatchAsync(gateway.Gateway, Room, 4);
            await one;
            return new()
            {
                ["first viewer's picture"] = first.FirstPicture, ["first viewer's DTLS"] = first.Connected,
                ["later picture"] = two.FirstPicture, ["later DTLS"] = two.Connected,
                ["backward"] = two.BackwardSteps(),
            };
        }, medians => medians["later picture"] <= FirstPictureLimit);
        Assert.InRange(figures["first viewer's picture"], 0, 1500);
        Assert.InRange(figures["later picture"], 0, FirstPictureLimit);
        Assert.Equal(0, figures["backward"]);
    }

    /// <summary>The limits that these figures exceed.</summary>
    private static IEnumerable<string> Unmet(Dictionary<string, double> figures, double[] positions)
    {
        foreach (double position in positions)
        {
            foreach ((string name, double limit) in ((string, double)[])
            [
                ("picture", FirstPictureLimit), ("live", position <= 2 ? 500 : 2000), ("gap", GapLimit), ("backward", 0),
                ("later than reference", LatencyDifferenceLimit),
            ])
            {
                double value = figures[JoinFigures.Key(position, name)];
                if (!(value <= limit))
                    yield return string.Create(CultureInfo.InvariantCulture, $"{name} at {position} s: {value:0.0}, limit {limit}");
            }
        }
    }
}
