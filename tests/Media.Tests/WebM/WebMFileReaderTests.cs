using Media.Buffers;
using Media.Containers;
using Media.Tests.Containers;
using Media.WebM;
using TestKit;

namespace Media.Tests.WebM;

public sealed class WebMFileReaderTests
{
    private readonly BufferPool _pool = new();

    [Fact]
    public void Seeking_goes_to_the_keyframe_before_with_and_without_cues()
    {
        using var leaks = new LeakCheck(_pool);
        RecordedSample sample = RecordedSample.WebM(_pool, 20);
        foreach (byte[] file in new[] { sample.Open, sample.Whole[^1] })
        {
            using IMediaFileReader reader = MediaFiles.Open(new MemoryStream(file), _pool);
            Assert.InRange(reader.Duration.TotalSeconds, 3.9, 4.1);
            foreach (int frame in new[] { 60, 13, 99, 0, 35 })
            {
                reader.Seek(reader.Tracks[0].Start + TimeSpan.FromMilliseconds(40 * frame));
                MediaFileSample video = Next(reader, 0);
                Assert.True(video.Frame.IsKeyframe);
                Assert.Equal(reader.Tracks[0].Start.TotalSeconds + (frame / 12 * 12 * 0.04), video.Frame.PresentationTime / 90_000.0, 0.001);
            }
        }
    }

    // A block of four frames in each kind of lacing: 2, 3, 2 and 1 bytes; fixed ones have two each.
    [Theory]
    [InlineData(0x02, new byte[] { 3, 2, 3, 2, 0xfc, 1, 0xfc, 2, 2, 0xfc, 3, 0xfc }, new[] { 2, 3, 2, 1 })]
    [InlineData(0x06, new byte[] { 3, 0x82, 0xc0, 0xbe, 0xfc, 1, 0xfc, 2, 2, 0xfc, 3, 0xfc }, new[] { 2, 3, 2, 1 })]
    [InlineData(0x04, new byte[] { 3, 0xfc, 1, 0xfc, 2, 0xfc, 3, 0xfc, 4 }, new[] { 2, 2, 2, 2 })]
    public void Laced_frames_follow_each_other(byte flags, byte[] laced, int[] sizes)
    {
        var head = new EbmlBuilder();
        WebMLayout.WriteStart(head, [TestFrames.Opus], default);
        int cluster = head.Begin(EbmlId.Cluster);
        head.UnsignedInteger(EbmlId.Timestamp, 100);
        head.Binary(EbmlId.SimpleBlock, [0x81, 0, 5, flags, .. laced]);
        head.End(cluster);
        using SourceFile file = SourceFile.Open(head.Written.ToArray(), _pool);
        Assert.Equal(sizes, file.FramesOf(0).Select(frame => frame.Length));
        Assert.Equal([5040L, 6000, 6960, 7920], file.FramesOf(0).Select(frame => frame.PresentationTime));
    }

    [Fact]
    public void Clusters_of_unknown_size_end_where_the_next_one_begins()
    {
        var head = new EbmlBuilder();
        WebMLayout.WriteStart(head, [TestFrames.Opus], default);
        for (int i = 0; i < 3; i++)
        {
            head.Bytes([0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
            head.UnsignedInteger(EbmlId.Timestamp, (ulong)i * 20);
            head.Binary(EbmlId.SimpleBlock, [0x81, 0, 0, 0x80, 0xfc, 1, 2]);
        }

        using SourceFile file = SourceFile.Open(head.Written.ToArray(), _pool);
        Assert.Equal([0L, 960, 1920], file.FramesOf(0).Select(frame => frame.PresentationTime));
    }

    [Fact]
    public void An_element_without_end_ends_with_its_reason()
    {
        var head = new EbmlBuilder();
        WebMLayout.WriteStart(head, [TestFrames.Opus], default);
        head.Bytes([0xa3, 0xff]);
        Assert.Throws<MediaFileException>(() => MediaFiles.Open(new MemoryStream(head.Written.ToArray()), _pool));
    }

    private static MediaFileSample Next(IMediaFileReader reader, int track)
    {
        while (reader.TryRead(out MediaFileSample sample))
        {
            sample.Frame.Release();
            if (sample.Track == track) return sample;
        }

        throw new InvalidDataException();
    }
}
