using System.Collections.Immutable;
using Media.Buffers;
using Media.Containers;
using Media.Mp4;
using Media.Tests.Containers;
using Media.Tests.FFmpeg;
using TestKit;

namespace Media.Tests.Mp4;

/// <summary>What FFmpeg makes of our MP4 files in each state of their life.</summary>
[Trait("Suite", "recorder")]
public sealed class FragmentedMp4PlayTests : IDisposable
{
    private const long FragmentTicks = 2_500_000;

    private readonly FFmpegCli _ffmpeg = new();
    private readonly BufferPool _pool = new();

    public void Dispose() => _ffmpeg.Dispose();

    [Fact]
    public void A_file_plays_before_it_is_finished_in_between_and_afterwards()
    {
        using var leaks = new LeakCheck(_pool);
        FlvSource source = MakeSource();
        byte[] open = Write(source, out FinishedFile finished);
        byte[] appended = WrittenFile.Append(open, finished);
        byte[] halfPatched = WrittenFile.Apply(appended, finished.Patches[0]);
        byte[] whole = WrittenFile.Finish(open, finished);
        foreach ((string name, byte[] file) in new[] { ("open", open), ("appended", appended), ("half", halfPatched), ("whole", whole) })
        {
            FFprobe probe = Probe(name, file);
            Assert.Equal(["h264", "aac"], probe.Streams.Select(stream => stream.Codec));
            Assert.Equal(source.VideoFrames, probe.PacketsOf(0).Count());
            Assert.Equal(source.AudioFrames, probe.PacketsOf(1).Count());
            probe.AssertMonotonic();
            Assert.Equal("", FFprobe.DecodingErrors(_ffmpeg.PathOf(name + ".mp4")));
            Assert.Equal(source.StartOffset, probe.Streams[1].Start - probe.Streams[0].Start, 0.001);
            if (name == "whole") Assert.Equal("", probe.Complaints);
        }

        FFprobe last = Probe("whole", whole);
        Assert.InRange(last.Duration, source.Duration - 0.1, source.Duration + 0.1);
        Assert.Equal(0, last.Start, 0.001);
    }

    private FFprobe Probe(string name, byte[] file)
    {
        File.WriteAllBytes(_ffmpeg.PathOf(name + ".mp4"), file);
        return FFprobe.Read(_ffmpeg.PathOf(name + ".mp4"));
    }

    private FlvSource MakeSource() => new(_ffmpeg.Make(
        "source.flv",
        "-f lavfi -i testsrc2=size=320x240:rate=30:duration=6 -f lavfi -i sine=frequency=440:duration=6 -c:v libx264 -bf 2 -g 60 -pix_fmt yuv420p -c:a aac"));

    private byte[] Write(FlvSource source, out FinishedFile finished)
    {
        using var writer = new FragmentedMp4Writer([source.Video, source.Audio]);
        var file = new WrittenFile();
        file.Begin(writer);
        source.PlayAll(_pool, (kind, frame) =>
        {
            writer.Add(kind == MediaKind.Video ? 0 : 1, frame);
            if (writer.PendingTicks >= FragmentTicks) file.Cut(writer);
        });
        file.Cut(writer);
        finished = writer.Finish();
        return file.Bytes;
    }
}
