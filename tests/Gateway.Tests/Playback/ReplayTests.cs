using System.Text.Json;
using Gateway.Tests.Recordings;
using TestKit.Processes;
using TestKit.WebRtc;

namespace Gateway.Tests.Playback;

/// <summary>What was live once is live again: a recording with all its publications, in another room.</summary>
[Trait("Suite", "recorder")]
public sealed class ReplayTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_room_comes_back_with_all_its_publications_and_can_be_watched()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync("--Recorder:Policy=on-request");
        using HttpClient client = gateway.CreateHttpClient();
        Task[] pushes = [PushAsync(gateway, gateway.Rtmp("demo"), 6), PushAsync(gateway, gateway.Rtmp("demo", "?name=second"), 6)];
        await gateway.WaitForTracksAsync("demo", 2);
        await gateway.StartRecordingAsync("demo");
        await Task.WhenAll(pushes);
        Assert.Equal(200, (await client.CallAsync(HttpMethod.Delete, "/rooms/demo/recording")).Status);
        await gateway.WaitForFilesAsync("demo", files => files.Length == 2 && files.All(file => file.IsFinished));
        string recording = (await gateway.GetAsync("recordings?room=demo")).GetProperty("items")[0].GetProperty("id").GetString()!;

        string playback = await client.PlayAsync("again", new { recording, loop = true });
        JsonElement state = await client.LookAsync(playback);
        Assert.Equal(["main", "second"], state.GetProperty("publications").EnumerateArray().Select(name => name.GetString()).Order());
        await gateway.WaitForTracksAsync("again", 2);
        foreach (string name in (string[])["main", "second"])
        {
            await using WhepTestClient viewer = await WhepTestClient.ConnectAsync(new Uri(gateway.Whep($"again?publication={name}")));
            await viewer.WaitForPacketsAsync(viewer.Video!, 30, s_patience);
            await viewer.WaitForPacketsAsync(viewer.Audio!, 50, s_patience);
        }

        Assert.Equal(204, (await client.CallAsync(HttpMethod.Delete, playback)).Status);
        string one = await client.PlayAsync("again", new { recording, publication = "second", @as = "copy" });
        Assert.Equal("copy", (await client.LookAsync(one)).GetProperty("publications")[0].GetString());
    }

    [Fact]
    public async Task A_recording_is_refused_to_who_may_not_see_it_and_to_who_asks_for_what_is_not_in_it()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync("--Recorder:Policy=always", "--Rooms:demo:ViewKey=seen", "--Rooms:stage:PublishKey=shown");
        using HttpClient client = gateway.CreateHttpClient();
        await PushAsync(gateway, gateway.Rtmp("demo"), 3);
        for (int i = 0; i < 100 && Recordings(gateway).Length == 0; i++) await Task.Delay(100);
        string recording = Path.GetFileName(Assert.Single(Recordings(gateway)));
        await Task.Delay(1000);

        async Task<string> Refusal(string room, object order, string? key = null)
        {
            (int status, JsonElement problem) = await client.CallAsync(HttpMethod.Post, $"/rooms/{room}/playback", order, key, fromElsewhere: key is not null);
            Assert.InRange(status, 400, 499);
            return problem.TypeOf();
        }

        Assert.Equal("key-wrong", await Refusal("stage", new { recording }, "shown"));
        Assert.Equal("no-such-recording", await Refusal("stage", new { recording = "20260101-0000-aaaa" }));
        Assert.Equal("no-such-recording", await Refusal("stage", new { recording = "../demo" }));
        Assert.Equal("no-such-publication", await Refusal("stage", new { recording, publication = "nobody" }, GatewayProcess.AdminKey));
        Assert.Equal(201, (await client.CallAsync(HttpMethod.Post, "/rooms/stage/playback", new { recording }, GatewayProcess.AdminKey)).Status);
    }

    private static string[] Recordings(GatewayProcess gateway)
    {
        string folder = Path.Combine(gateway.Folder, "recordings");
        return Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
    }

    private static Task<string> PushAsync(GatewayProcess gateway, string url, int seconds) => ChildProcess.RunAsync(
        "ffmpeg",
        [
            "-hide_banner", "-loglevel", "error", "-re", "-f", "lavfi", "-i", $"testsrc2=s=320x180:r=25:d={seconds}", "-re", "-f", "lavfi", "-i", $"sine=r=48000:d={seconds}",
            "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", url,
        ]);
}
