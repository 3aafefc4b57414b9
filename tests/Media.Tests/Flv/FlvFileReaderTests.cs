using Media.Buffers;
using Media.Containers;
using Media.Tests.Containers;
using TestKit;

namespace Media.Tests.Flv;

public sealed class FlvFileReaderTests
{
    private readonly BufferPool _pool = new();

    [Theory]
    [InlineData(0u, false)]
    [InlineData(5_000_000u, true)]
    public void All_frames_come_with_times_from_the_first_tag_on(uint firstTime, bool hasKeyframeList)
    {
        using var leaks = new LeakCheck(_pool);
        using SourceFile file = SourceFile.Open(FlvFiles.Make(250, firstTime, hasKeyframeList), _pool);
        Assert.Equal([Codec.H264, Codec.Aac], file.Formats.Select(format => format.Codec));
        Assert.Equal(250, file.CountOf(0));
        Assert.Equal(Enumerable.Range(0, 250).Select(i => i * 3600L), file.FramesOf(0).Select(frame => frame.DecodeTime));
        Assert.Equal(Enumerable.Range(0, file.CountOf(1)).Select(i => i * 1024L), file.FramesOf(1).Select(frame => frame.DecodeTime));
        Assert.InRange(file.Duration.TotalSeconds, 9.9, 10);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Seeking_goes_to_the_keyframe_before_forwards_and_backwards(bool hasKeyframeList)
    {
        using var leaks = new LeakCheck(_pool);
        using IMediaFileReader reader = MediaFiles.Open(new MemoryStream(FlvFiles.Make(250, 700, hasKeyframeList)), _pool);
        foreach (double position in new[] { 7.5, 2.2, 0, 9.99, 3 })
        {
            reader.Seek(TimeSpan.FromSeconds(position));
            Assert.True(reader.TryRead(out MediaFileSample sample));
            Assert.True(sample.Frame.IsKeyframe);
            Assert.Equal((long)position * 90_000, sample.Frame.PresentationTime);
            sample.Frame.Release();
        }
    }

    [Fact]
    public void A_file_cut_in_a_tag_ends_before_it()
    {
        byte[] whole = FlvFiles.Make(10);
        for (int cut = 0; cut < whole.Length; cut++)
        {
            try
            {
                using SourceFile file = SourceFile.Open(whole[..cut], _pool);
                Assert.InRange(file.Samples.Count, 1, 40);
            }
            catch (MediaFileException fault)
            {
                Assert.NotEmpty(fault.Message);
            }
        }
    }
}
