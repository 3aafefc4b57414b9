using System.Text.Json;
using TestKit.Processes;
using TestKit.WebRtc;

namespace Gateway.Tests.Playback;

/// <summary>Files of FFmpeg's, played into a room of a real gateway and watched by WHEP.</summary>
[Trait("Suite", "recorder")]
public sealed class PlaybackTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private GatewayProcess _gateway = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _gateway = await GatewayProcess.StartAsync();
        _client = _gateway.CreateHttpClient();
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        _gateway.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("a.flv", PlayedFiles.H264, PlayedFiles.Aac, "H264")]
    [InlineData("a.mp4", PlayedFiles.H264, PlayedFiles.Aac, "H264")]
    [InlineData("b.mp4", PlayedFiles.H264WithBFrames, PlayedFiles.Aac, "H264")]
    [InlineData("o.mp4", PlayedFiles.H264, PlayedFiles.Opus, "H264")]
    [InlineData("a.webm", PlayedFiles.Vp8, PlayedFiles.Opus, "VP8")]
    [InlineData("b.webm", PlayedFiles.Vp9, PlayedFiles.Opus, "VP9")]
    [InlineData("c.webm", PlayedFiles.Av1, PlayedFiles.Opus, "AV1")]
    [InlineData("v.mp4", PlayedFiles.Vp9, PlayedFiles.Opus, "VP9")]
    [InlineData("c.mp4", PlayedFiles.Av1, PlayedFiles.Aac, "AV1")]
    [InlineData("d.mp4", PlayedFiles.H265, PlayedFiles.Aac, "H264")]
    public async Task A_looped_file_reaches_viewers_with_times_that_go_on(string name, string video, string audio, string codec)
    {
        await PlayedFiles.MakeAsync(_gateway.Folder, name, video, audio, seconds: 2);
        string playback = await _client.PlayAsync("demo", new { file = name, loop = true });
        await _gateway.WaitForTracksAsync("demo", 2);
        await using WhepTestClient viewer = await WatchAsync();
        Assert.Equal(codec, viewer.Video!.Codec);
        Assert.Equal("opus", viewer.Audio!.Codec);
        await viewer.WaitForPacketsAsync(viewer.Audio, 6 * 50, s_patience);
        JsonElement state = await _client.LookAsync(playback);
        // Where this machine had no time for it, everything waited as for a slow disk. Else: sound that lasts a frame longer than
        // the picture keeps its place, and so much later comes the next round's first picture.
        if (state.GetProperty("stalls").GetInt64() == 0)
        {
            AssertContinuous(Pictures(viewer), 90_000 / PlayedFiles.Rate, tolerance: 2500);
            AssertContinuous(Sounds(viewer), 960, tolerance: 960);
        }

        Assert.Equal("playing", state.GetProperty("state").GetString());
        Assert.InRange(state.GetProperty("duration").GetDouble(), 1.9, 2.2);
        Assert.InRange(state.GetProperty("position").GetDouble(), 0, 2.2);
    }

    [Fact]
    public async Task Sound_alone_is_heard()
    {
        await PlayedFiles.MakeAsync(_gateway.Folder, "radio.m4a", "", PlayedFiles.Aac);
        await _client.PlayAsync("demo", new { file = "radio.m4a", loop = true });
        await _gateway.WaitForTracksAsync("demo", 1);
        await using WhepTestClient viewer = await WatchAsync();
        await viewer.WaitForPacketsAsync(viewer.Audio!, 100, s_patience);
        Assert.Null(viewer.Video);
    }

    [Fact]
    public async Task A_pause_stops_packets_and_seeking_shows_another_place_at_once()
    {
        await PlayedFiles.MakeAsync(_gateway.Folder, "long.mp4", PlayedFiles.H264, PlayedFiles.Opus, seconds: 30);
        string playback = await _client.PlayAsync("demo", new { file = "long.mp4" });
        await _gateway.WaitForTracksAsync("demo", 2);
        await using WhepTestClient viewer = await WatchAsync();
        await viewer.WaitForPacketsAsync(viewer.Video!, 30, s_patience);

        await _client.ChangeAsync(playback, new { paused = true });
        await Task.Delay(500);
        int before = viewer.PacketsOf(viewer.Video!).Count;
        await Task.Delay(1000);
        Assert.Equal(before, viewer.PacketsOf(viewer.Video!).Count);
        Assert.Equal("paused", (await _client.LookAsync(playback)).GetProperty("state").GetString());

        await _client.ChangeAsync(playback, new { paused = false, position = 20.5 });
        await viewer.WaitForPacketsAsync(viewer.Video!, before + 30, s_patience);
        Assert.InRange((await _client.LookAsync(playback)).GetProperty("position").GetDouble(), 20, 29);
        uint[] times = Pictures(viewer);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(unchecked((int)(pair.Second - pair.First)) > 0, "time goes on"));
    }

    [Fact]
    public async Task The_end_of_the_file_ends_the_publication_and_is_told()
    {
        await PlayedFiles.MakeAsync(_gateway.Folder, "short.flv", PlayedFiles.H264, PlayedFiles.Aac, seconds: 2);
        string playback = await _client.PlayAsync("demo", new { file = "short.flv", @as = "clip" });
        JsonElement state = await WaitForEndAsync(playback);
        Assert.Equal(("finished", "all was played"), (state.GetProperty("state").GetString(), state.GetProperty("reason").GetString()));
        Assert.Equal(404, (await _client.CallAsync(HttpMethod.Get, "/rooms/demo")).Status);
        Assert.Equal("playback-over", (await _client.CallAsync(HttpMethod.Patch, playback, new { paused = true })).Body.TypeOf());
    }

    [Fact]
    public async Task A_torn_file_plays_to_the_tear_and_others_go_on()
    {
        await PlayedFiles.MakeAsync(_gateway.Folder, "whole.mp4", PlayedFiles.H264, PlayedFiles.Aac, seconds: 8);
        string folder = Path.Combine(_gateway.Folder, "media");
        await ChildProcess.RunAsync(
            "ffmpeg", ["-hide_banner", "-loglevel", "error", "-i", "whole.mp4", "-c", "copy", "-movflags", "+faststart", "front.mp4"], folder);
        byte[] whole = await File.ReadAllBytesAsync(Path.Combine(folder, "front.mp4"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "torn.mp4"), whole[..(whole.Length / 2)]);
        await _client.PlayAsync("other", new { file = "whole.mp4", loop = true });
        string torn = await _client.PlayAsync("demo", new { file = "torn.mp4", loop = true });
        JsonElement state = await WaitForEndAsync(torn);
        Assert.Equal("failed", state.GetProperty("state").GetString());
        Assert.StartsWith("torn.mp4: ", state.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.InRange(state.GetProperty("position").GetDouble(), 1, 7);
        Assert.Equal(200, (await _client.CallAsync(HttpMethod.Get, "/rooms/other")).Status);
    }

    [Fact]
    public async Task Deleting_a_playback_sends_viewers_away_at_once()
    {
        await PlayedFiles.MakeAsync(_gateway.Folder, "a.mp4", PlayedFiles.H264, PlayedFiles.Opus);
        string playback = await _client.PlayAsync("demo", new { file = "a.mp4", loop = true });
        await _gateway.WaitForTracksAsync("demo", 2);
        await using WhepTestClient viewer = await WatchAsync();
        Assert.Equal(204, (await _client.CallAsync(HttpMethod.Delete, playback)).Status);
        Assert.True(await viewer.Peer.WaitAsync(peer => peer.Closed is not null, TimeSpan.FromSeconds(5)));
        Assert.Equal(("stopped", "ended through the API"), await StateAsync(playback));
    }

    private async Task<(string? State, string? Reason)> StateAsync(string playback)
    {
        JsonElement state = await _client.LookAsync(playback);
        return (state.GetProperty("state").GetString(), state.GetProperty("reason").GetString());
    }

    private Task<WhepTestClient> WatchAsync() => WhepTestClient.ConnectAsync(
        new Uri(_gateway.Whep("demo")), new WhepOfferOptions { VideoCodecs = ["H264", "VP8", "VP9", "AV1"] });

    private async Task<JsonElement> WaitForEndAsync(string playback)
    {
        for (int i = 0; i < 200; i++, await Task.Delay(100))
        {
            JsonElement state = await _client.LookAsync(playback);
            if (state.TryGetProperty("reason", out _)) return state;
        }

        throw new TimeoutException("It does not end.");
    }

    /// <summary>The times of pictures; the cached ones that a viewer starts with come first, shifted, and are left out.</summary>
    private static uint[] Pictures(WhepTestClient viewer)
    {
        uint[] times = [.. viewer.PacketsOf(viewer.Video!).OrderBy(packet => packet.ArrivalTime).Select(packet => packet.Timestamp).Distinct()];
        int start = 0;
        for (int i = 1; i < times.Length; i++)
            if (unchecked((int)(times[i] - times[i - 1])) > 10 * 90_000) start = i;
        return times[start..];
    }

    private static uint[] Sounds(WhepTestClient viewer) =>
        [.. viewer.PacketsOf(viewer.Audio!).OrderBy(packet => packet.ArrivalTime).Select(packet => packet.Timestamp).Distinct()];

    private static void AssertContinuous(uint[] times, int step, int tolerance)
    {
        Assert.InRange(times.Length, 50, int.MaxValue);
        int[] steps = [.. times.Zip(times.Skip(1), (a, b) => unchecked((int)(b - a)))];
        Assert.True(steps.Min() > 0 && steps.Max() <= step + tolerance, $"steps of {steps.Min()} to {steps.Max()} instead of {step}");
    }
}
