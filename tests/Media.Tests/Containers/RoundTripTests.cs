using Media.Buffers;
using Media.Containers;
using Media.Mp4;
using Media.Tests.FFmpeg;
using Media.WebM;
using TestKit;

namespace Media.Tests.Containers;

/// <summary>Foreign file, read, written again: FFmpeg and we ourselves find every frame where it was.</summary>
[Trait("Suite", "recorder")]
public sealed class RoundTripTests : IDisposable
{
    private readonly FFmpegCli _ffmpeg = new();
    private readonly BufferPool _pool = new();

    public void Dispose() => _ffmpeg.Dispose();

    [Theory]
    [InlineData("h264.mp4", "-c:v libx264 -preset ultrafast -bf 3 -g 50 -pix_fmt yuv420p", "-c:a aac", "h264", "aac")]
    [InlineData("h264-fragments.mp4", "-c:v libx264 -bf 2 -g 25 -pix_fmt yuv420p -movflags frag_keyframe+empty_moov+default_base_moof", "-c:a libopus", "h264", "opus")]
    [InlineData("h264-old-fragments.mp4", "-c:v libx264 -g 25 -pix_fmt yuv420p -movflags frag_keyframe", "-c:a aac", "h264", "aac")]
    [InlineData("h265.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p -tag:v hvc1", "-c:a aac -ar 44100", "hevc", "aac")]
    [InlineData("h265-hev1.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p -tag:v hev1", "-c:a libopus", "hevc", "opus")]
    [InlineData("vp9.mp4", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 30", "-c:a libopus", "vp9", "opus")]
    [InlineData("av1.mp4", "-c:v libsvtav1 -preset 12 -g 30 -pix_fmt yuv420p", "-c:a libopus", "av1", "opus")]
    [InlineData("faststart.mov", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -movflags +faststart", "-c:a aac", "h264", "aac")]
    [InlineData("h264.mkv", "-c:v libx264 -preset ultrafast -bf 3 -g 50 -pix_fmt yuv420p", "-c:a aac", "h264", "aac")]
    [InlineData("av1.mkv", "-c:v libsvtav1 -preset 12 -g 30 -pix_fmt yuv420p", "-c:a libopus", "av1", "opus")]
    [InlineData("vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 30", "-c:a libopus", "vp9", "opus")]
    [InlineData("h264.flv", "-c:v libx264 -preset ultrafast -bf 2 -g 50 -pix_fmt yuv420p", "-c:a aac", "h264", "aac")]
    public void Every_frame_of_a_file_comes_through_MP4(string name, string video, string audio, string videoCodec, string audioCodec)
    {
        using var leaks = new LeakCheck(_pool);
        using SourceFile source = SourceFile.Open(Make(name, video, audio), _pool);
        using var writer = new FragmentedMp4Writer(source.Formats);
        byte[] open = source.Write(writer).Bytes;
        FinishedFile finished = writer.Finish();
        Judge("open.mp4", open, source, videoCodec, audioCodec);
        Judge("whole.mp4", WrittenFile.Finish(open, finished), source, videoCodec, audioCodec);
    }

    [Theory]
    [InlineData("vp8.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -g 30", "vp8")]
    [InlineData("vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 30", "vp9")]
    [InlineData("av1.mkv", "-c:v libsvtav1 -preset 12 -g 30 -pix_fmt yuv420p", "av1")]
    public void Every_frame_of_a_file_comes_through_WebM(string name, string video, string videoCodec)
    {
        using var leaks = new LeakCheck(_pool);
        using SourceFile source = SourceFile.Open(Make(name, video, "-c:a libopus"), _pool);
        using var writer = new WebMWriter(source.Formats);
        byte[] open = source.Write(writer).Bytes;
        FinishedFile finished = writer.Finish();
        Judge("open.webm", open, source, videoCodec, "opus");
        Judge("appended.webm", WrittenFile.Append(open, finished), source, videoCodec, "opus");
        Judge("whole.webm", WrittenFile.Finish(open, finished), source, videoCodec, "opus");
    }

    [Theory]
    [InlineData("-c:a libopus")]
    [InlineData("-c:a aac")]
    public void Sound_alone_comes_through(string audio)
    {
        using SourceFile source = SourceFile.Open(_ffmpeg.Make("sound.mp4", $"-f lavfi -i sine=frequency=440:duration=4 {audio}"), _pool);
        using var writer = new FragmentedMp4Writer(source.Formats);
        byte[] open = source.Write(writer).Bytes;
        byte[] whole = WrittenFile.Finish(open, writer.Finish());
        foreach (byte[] file in new[] { open, whole })
        {
            File.WriteAllBytes(_ffmpeg.PathOf("result.mp4"), file);
            FFprobe probe = FFprobe.Read(_ffmpeg.PathOf("result.mp4"));
            Assert.Equal(source.CountOf(0), probe.Packets.Count);
            probe.AssertMonotonic();
            Assert.Equal("", FFprobe.DecodingErrors(_ffmpeg.PathOf("result.mp4")));
        }
    }

    private string Make(string name, string video, string audio) => _ffmpeg.Make(
        name,
        $"-f lavfi -i testsrc2=size=320x240:rate=25:duration=4 -itsoffset 0.5 -f lavfi -i sine=frequency=440:duration=4 {video} {audio}");

    private void Judge(string name, byte[] file, SourceFile source, params string[] codecs)
    {
        string path = _ffmpeg.PathOf(name);
        File.WriteAllBytes(path, file);
        FFprobe probe = FFprobe.Read(path);
        Assert.Equal(codecs, probe.Streams.Select(stream => stream.Codec));
        for (int track = 0; track < codecs.Length; track++) Assert.Equal(source.CountOf(track), probe.PacketsOf(track).Count());
        probe.AssertMonotonic();
        Assert.Equal("", FFprobe.DecodingErrors(path));
        Assert.Equal((320, 240), (probe.Streams[0].Width, probe.Streams[0].Height));
        double offset = source.StartOf(1) - source.StartOf(0);
        double[] starts = [.. Enumerable.Range(0, 2).Select(stream => probe.PacketsOf(stream).Min(packet => packet.Presentation))];
        Assert.Equal(offset, starts[1] - starts[0], 0.002);
        if (name.StartsWith("whole", StringComparison.Ordinal))
        {
            double end = Math.Max(source.Duration.TotalSeconds, 0) - Math.Min(source.StartOf(0), source.StartOf(1));
            Assert.InRange(probe.Duration, end - 0.1, end + 0.1);
            Assert.Equal("", probe.Complaints);
        }

        using SourceFile again = SourceFile.Open(file, _pool);
        source.AssertSame(again, 0.001);
    }
}
