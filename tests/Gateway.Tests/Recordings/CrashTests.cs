using TestKit.Processes;

namespace Gateway.Tests.Recordings;

/// <summary>A gateway that is killed while it records loses at most a second of each publication.</summary>
[Trait("Suite", "recorder")]
public sealed class CrashTests
{
    private static readonly bool s_isFull = Environment.GetEnvironmentVariable("TEST_LENGTH") == "full";

    private static readonly (string Name, string Encoder)[] s_publications =
    [
        ("short", "-c:v libx264 -preset ultrafast -tune zerolatency -g 25 -c:a aac"),
        ("long", "-c:v libx264 -preset ultrafast -tune zerolatency -g 250 -c:a aac"),
        ("reordered", "-c:v libx264 -preset ultrafast -bf 2 -g 250 -c:a aac"),
        ("sound", "-vn -c:a aac"),
    ];

    [Fact]
    public async Task Killed_at_any_moment_every_file_plays_and_at_most_a_second_is_missing()
    {
        int rounds = s_isFull ? 30 : 3;
        var random = new Random(20261123);
        var losses = new List<string>();
        for (int round = 0; round < rounds; round++) losses.Add(await RunRoundAsync(TimeSpan.FromSeconds(3 + (random.NextDouble() * 6))));
        Assert.True(losses.Count == rounds, string.Join('\n', losses));
    }

    [Fact]
    public async Task Killed_while_it_finishes_every_file_plays()
    {
        int rounds = s_isFull ? 10 : 2;
        var random = new Random(4);
        for (int round = 0; round < rounds; round++)
        {
            using GatewayProcess gateway = await GatewayProcess.StartAsync("--Recorder:Policy=always", "--Shutdown:DrainSeconds=0");
            ChildProcess[] pushes = Push(gateway);
            await gateway.WaitForFilesAsync("demo", files => files.Length == 4 && files.All(file => file.Duration > 2));
            Task<bool> stopping = Task.Run(() => gateway.Process.Stop());
            await Task.Delay(random.Next(5, 120));
            gateway.Process.Kill();
            await stopping;
            foreach (ChildProcess push in pushes) push.Dispose();
            await AssertRepairedAsync(gateway.Folder, null);
        }
    }

    private static async Task<string> RunRoundAsync(TimeSpan length)
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync("--Recorder:Policy=always");
        ChildProcess[] pushes = Push(gateway);
        await gateway.WaitForFilesAsync("demo", files => files.Length == 4 && files.All(file => file.Duration > 0.5));
        await Task.Delay(length);
        DateTimeOffset killed = DateTimeOffset.UtcNow;
        gateway.Process.Kill();
        foreach (ChildProcess push in pushes) push.Dispose();
        return await AssertRepairedAsync(gateway.Folder, killed);
    }

    private static ChildProcess[] Push(GatewayProcess gateway) =>
    [
        .. s_publications.Select(publication => new ChildProcess("ffmpeg",
        [
            "-hide_banner", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-re", "-f", "lavfi", "-i", "sine=r=48000",
            .. publication.Encoder.Split(' '), "-pix_fmt", "yuv420p", "-f", "flv", gateway.Rtmp("demo", $"?name={publication.Name}"),
        ])),
    ];

    /// <summary>The next start repairs and finishes everything.</summary>
    private static async Task<string> AssertRepairedAsync(string folder, DateTimeOffset? killed)
    {
        using GatewayProcess again = await GatewayProcess.StartAsync($"--Recorder:Directory={Path.Combine(folder, "recordings")}");
        RecordedFile[] files = await again.WaitForFilesAsync("demo", found => found.Length == 4 && found.All(file => file.IsFinished));
        string told = "";
        foreach (RecordedFile file in files)
        {
            string path = file.Path.Replace(again.Folder, folder, StringComparison.Ordinal);
            await ProbedFile.AssertDecodesAsync(path);
            ProbedFile probed = await ProbedFile.ReadAsync(path);
            Assert.True(probed.Streams.All(stream => stream.IsMonotonic), $"{file.Publication}: times go back");
            if (killed is not { } at) continue;
            double lost = (at - file.StartedAt.AddSeconds(probed.Duration)).TotalSeconds;
            told += $"{file.Publication} {lost:0.00} s ";
            Assert.True(lost <= 1, $"{file.Publication} lost {lost:0.00} s");
        }

        return told;
    }
}
