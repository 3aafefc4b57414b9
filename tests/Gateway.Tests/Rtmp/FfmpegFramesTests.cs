using System.Globalization;
using Gateway.Tests.Hosting;
using TestKit.Processes;

namespace Gateway.Tests.Rtmp;

/// <summary>What FFmpeg sends arrives on the bus frame by frame as ffprobe sees it in the same stream.</summary>
[Trait("Suite", "inprocess")]
public sealed class FfmpegFramesTests
{
    private const string Video = "-f lavfi -i testsrc2=s=640x360:r=25:d=3";
    private const string Sound = "-f lavfi -i sine=frequency=1000:sample_rate=44100:d=3";

    [Theory]
    [InlineData("default settings", Video + " " + Sound + " -c:v libx264 -c:a aac")]
    [InlineData("no latency, several slices", Video + " " + Sound + " -c:v libx264 -tune zerolatency -g 25 -x264-params slices=4 -c:a aac -ac 2 -ar 48000")]
    [InlineData("video only", Video + " -c:v libx264 -g 25")]
    [InlineData("audio only", Sound + " -c:a aac")]
    public async Task Frames_are_those_that_ffprobe_lists(string what, string encoding)
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "source.flv");
        await ChildProcess.RunAsync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-y", .. Split(encoding), file]);
        ProbedPacket[] probed = await ProbeAsync(file);
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string url = $"rtmp://127.0.0.1:{gateway.Host.RtmpPort}/live/demo";
        (FrameCollector video, FrameCollector audio) = await EncoderTests.CollectAsync(
            gateway, ChildProcess.RunAsync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-re", "-i", file, "-c", "copy", "-f", "flv", url]));

        Compare(what, [.. probed.Where(packet => packet.IsVideo)], video.Frames);
        Compare(what, [.. probed.Where(packet => !packet.IsVideo)], audio.Frames);
    }

    // A taker of sound comes when the track is there already: it sees the list's tail. Video begins with the cached group.
    private static void Compare(string what, ProbedPacket[] probed, CollectedFrame[] frames)
    {
        Assert.True(frames.Length <= probed.Length, what);
        if (probed.Length == 0) return;
        if (probed[0].IsVideo) Assert.Equal(probed.Length, frames.Length);
        else Assert.True(frames.Length > probed.Length / 2, $"{what}: {frames.Length} of {probed.Length}");
        ProbedPacket[] tail = probed[^frames.Length..];
        double shift = frames[0].DecodeMilliseconds - tail[0].DecodeMilliseconds;
        for (int i = 0; i < frames.Length; i++)
        {
            Assert.Equal(tail[i].Hash, frames[i].Hash);
            if (probed[0].IsVideo) Assert.Equal(tail[i].IsKeyframe, frames[i].IsKeyframe);
            double tolerance = probed[0].IsVideo ? 0.001 : 1.01; // sound goes back from milliseconds to its samples
            Assert.InRange(frames[i].DecodeMilliseconds - shift - tail[i].DecodeMilliseconds, -tolerance, tolerance);
            Assert.InRange(frames[i].PresentationMilliseconds - shift - tail[i].PresentationMilliseconds, -tolerance, tolerance);
        }
    }

    private static async Task<ProbedPacket[]> ProbeAsync(string file)
    {
        string list = await ChildProcess.RunAsync(
            "ffprobe",
            [
                "-hide_banner", "-loglevel", "error", "-show_packets", "-show_data_hash", "sha256",
                "-show_entries", "packet=codec_type,dts,pts,flags,data_hash", "-of", "compact=p=0", file,
            ]);
        return [.. list.Split('\n').Where(line => line.StartsWith("codec_type=", StringComparison.Ordinal)).Select(ProbedPacket.Parse)];
    }

    private static string[] Split(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A line of ffprobe's list; FLV counts in milliseconds.</summary>
    private sealed record ProbedPacket(
        bool IsVideo, long DecodeMilliseconds, long PresentationMilliseconds, bool IsKeyframe, string Hash)
    {
        /// <summary>codec_type=video|pts=80|dts=0|flags=K_|data_hash=SHA256:...</summary>
        public static ProbedPacket Parse(string line)
        {
            Dictionary<string, string> fields = line.Trim().Split('|').Select(field => field.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
            return new ProbedPacket(
                fields["codec_type"] == "video",
                long.Parse(fields["dts"], CultureInfo.InvariantCulture),
                long.Parse(fields["pts"], CultureInfo.InvariantCulture),
                fields["flags"].StartsWith('K'),
                fields["data_hash"].Replace("SHA256:", "", StringComparison.Ordinal).ToUpperInvariant());
        }
    }
}
