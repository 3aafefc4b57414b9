using Media.Buffers;
using Media.Containers;
using Media.Mp4;
using Media.Tests.FFmpeg;
using Media.WebM;

namespace Media.Tests.Containers;

/// <summary>Files cut anywhere, as FFmpeg sees them: before they are repaired and afterwards.</summary>
[Trait("Suite", "recorder")]
public sealed class TornFilePlayTests : IDisposable
{
    private const int Cuts = 12;

    private readonly FFmpegCli _ffmpeg = new();
    private readonly BufferPool _pool = new();

    public void Dispose() => _ffmpeg.Dispose();

    [Theory]
    [InlineData("h264.mp4", "-c:v libx264 -preset ultrafast -bf 2 -g 60 -pix_fmt yuv420p -c:a aac", false)]
    [InlineData("vp8.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -g 60 -c:a libopus", true)]
    public void What_was_whole_before_the_cut_plays_before_and_after_the_repair(string name, string codecs, bool isWebM)
    {
        string made = _ffmpeg.Make(
            "source-" + name,
            $"-f lavfi -i testsrc2=size=320x240:rate=30:duration=6 -f lavfi -i sine=frequency=440:duration=6 {codecs}");
        using SourceFile source = SourceFile.Open(made, _pool);
        using IMediaFileWriter writer = isWebM ? new WebMWriter(source.Formats) : new FragmentedMp4Writer(source.Formats);
        WrittenFile written = source.Write(writer);
        byte[] open = written.Bytes;
        var random = new Random(11);
        for (int i = 0; i < Cuts; i++)
        {
            int cut = random.Next(written.Ends[2], open.Length);
            int fragments = written.Ends.Count(end => end <= cut) - 1;
            double least = (fragments * 0.25) - 0.1;
            string path = _ffmpeg.PathOf(name);
            File.WriteAllBytes(path, open[..cut]);
            FFprobe torn = FFprobe.Read(path);
            Assert.InRange(torn.PacketsOf(0).Max(packet => packet.Presentation), least, 7);
            torn.AssertMonotonic();
            using (FileStream file = File.Open(path, FileMode.Open)) MediaFileRepair.Repair(file);
            FFprobe repaired = FFprobe.Read(path);
            Assert.Equal("", repaired.Complaints);
            Assert.Equal("", FFprobe.DecodingErrors(path));
            Assert.InRange(repaired.Duration, least, 7);
            repaired.AssertMonotonic();
            using SourceFile read = SourceFile.Open(path, _pool);
            Assert.Equal(read.Samples.Count, repaired.Packets.Count);
        }
    }
}
