using TestKit.Processes;

namespace Gateway.Tests.Recordings;

/// <summary>What FFmpeg pushes is what ffprobe finds in the recorded files.</summary>
[Trait("Suite", "recorder")]
public sealed class RoundTripTests
{
    private const string Picture = "-f lavfi -i testsrc2=s=320x180:r=25:d=8";
    private const string Sound = "-f lavfi -i sine=r=48000:d=8";

    [Theory]
    [InlineData("-c:v libx264 -preset ultrafast -tune zerolatency -g 50", "h264")]
    [InlineData("-c:v libx264 -preset ultrafast -bf 2 -g 200", "h264")]
    public async Task Picture_and_sound_by_rtmp_are_in_one_file_frame_by_frame(string encoder, string codec)
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync("--Recorder:Policy=always");
        await PushAsync(gateway, $"{Picture} {Sound} {encoder} -c:a aac");
        RecordedFile file = Assert.Single(await gateway.WaitForFilesAsync("demo", files => files is [{ IsFinished: true }]));
        ProbedFile probed = await ProbedFile.ReadAsync(file.Path);
        Assert.Equal((codec, 200), (probed.Video!.Codec, probed.Video.Packets));
        Assert.Equal(("aac", true), (probed.Audio!.Codec, probed.Audio.Packets is >= 374 and <= 377));
        Assert.True(probed.Streams.All(stream => stream.IsMonotonic), "times go back");
        Assert.InRange(probed.Duration, 7.9, 8.1);
        Assert.InRange(file.Duration, 7.9, 8.1);
        // FFmpeg sends B-frames with the picture's first time behind the sound's by their delay: it is kept as it came.
        Assert.InRange(Math.Abs(probed.Video.Start - probed.Audio.Start), 0, 0.1);
        Assert.InRange(Math.Abs(probed.Video.End - probed.Audio.End - (8 - 0.04 - (8 - 0.0213))), 0, 0.12);
        await ProbedFile.AssertDecodesAsync(file.Path);
    }

    [Fact]
    public async Task Sound_and_picture_begin_within_40_ms_of_each_other()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync("--Recorder:Policy=always");
        await PushAsync(gateway, $"{Picture} {Sound} -c:v libx264 -preset ultrafast -tune zerolatency -g 50 -c:a aac");
        RecordedFile file = Assert.Single(await gateway.WaitForFilesAsync("demo", files => files is [{ IsFinished: true }]));
        ProbedFile probed = await ProbedFile.ReadAsync(file.Path);
        Assert.InRange(Math.Abs(probed.Video!.Start - probed.Audio!.Start), 0, 0.04);
    }

    [Theory]
    [InlineData("-f lavfi -i sine=r=44100:d=4 -c:a aac", "aac")]
    public async Task Sound_alone_is_recorded(string arguments, string codec)
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync("--Recorder:Policy=always");
        await PushAsync(gateway, arguments);
        RecordedFile file = Assert.Single(await gateway.WaitForFilesAsync("demo", files => files is [{ IsFinished: true }]));
        ProbedFile probed = await ProbedFile.ReadAsync(file.Path);
        Assert.Equal(codec, probed.Audio!.Codec);
        Assert.Null(probed.Video);
        Assert.InRange(probed.Duration, 3.9, 4.1);
        await ProbedFile.AssertDecodesAsync(file.Path);
    }

    [Fact]
    public async Task A_running_recording_plays_up_to_what_was_on_the_disk_and_a_stop_finishes_it()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync("--Recorder:Policy=always", "--Shutdown:DrainSeconds=0");
        Task push = PushAsync(gateway, $"{Picture} {Sound} -c:v libx264 -preset ultrafast -tune zerolatency -g 250 -c:a aac");
        RecordedFile file = Assert.Single(await gateway.WaitForFilesAsync("demo", files => files is [{ Duration: > 3 }]));
        Assert.False(file.IsFinished);
        using HttpClient http = gateway.CreateHttpClient();
        string copy = Path.Combine(gateway.Folder, "copy.mp4");
        string recording = Path.GetFileName(Path.GetDirectoryName(file.Path)!);
        await File.WriteAllBytesAsync(copy, await http.GetByteArrayAsync(new Uri($"recordings/{recording}/{Path.GetFileName(file.Path)}", UriKind.Relative)));
        ProbedFile probed = await ProbedFile.ReadAsync(copy);
        Assert.True(probed.Video!.End > 2.5, $"up to {probed.Video.End}");
        gateway.Process.Stop(10);
        await Assert.ThrowsAnyAsync<Exception>(() => push);
        ProbedFile finished = await ProbedFile.ReadAsync(file.Path);
        Assert.True(finished.Video!.Packets >= probed.Video.Packets);
        string document = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(file.Path)!, "recording.json"));
        Assert.Contains("\"state\": \"Finished\"", document, StringComparison.Ordinal);
        await ProbedFile.AssertDecodesAsync(file.Path);
    }

    [Fact]
    public async Task Segments_follow_each_other_without_a_frame_lost_and_each_has_a_picture()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync("--Recorder:Policy=always", "--Recorder:SegmentMegabytes=1");
        await PushAsync(gateway, $"{Picture} {Sound} -c:v libx264 -preset ultrafast -tune zerolatency -g 25 -b:v 4M -minrate 4M -maxrate 4M -bufsize 1M -nal-hrd cbr -c:a aac");
        RecordedFile[] files = await gateway.WaitForFilesAsync("demo", files => files.Length > 1 && files.All(file => file.IsFinished));
        ProbedFile[] probed = [.. await Task.WhenAll(files.Select(file => ProbedFile.ReadAsync(file.Path)))];
        Assert.Equal(200, probed.Sum(file => file.Video!.Packets));
        for (int i = 1; i < files.Length; i++) Assert.InRange((files[i].StartedAt - files[i - 1].EndsAt).TotalSeconds, -0.1, 0.1);
        Assert.All(files, file => Assert.True(File.Exists(Path.ChangeExtension(file.Path, "jpg")), "no picture"));
    }

    /// <summary>Pushes in real time.</summary>
    private static Task<string> PushAsync(GatewayProcess gateway, string arguments)
    {
        string[] inputs = arguments.Replace("-f lavfi", "-re -f lavfi", StringComparison.Ordinal).Split(' ');
        return ChildProcess.RunAsync("ffmpeg", ["-hide_banner", "-loglevel", "error", .. inputs, "-pix_fmt", "yuv420p", "-f", "flv", gateway.Rtmp("demo")]);
    }
}
