using Media.Buffers;
using Media.Containers;
using Media.Tests.Containers;
using TestKit;

namespace Media.Tests.Fuzz;

public sealed class MediaFileFuzzTests
{
    private const int MostFrames = 4000;

    private readonly BufferPool _pool = new();

    [Fact]
    public void Any_MP4_file_gives_frames_or_a_reason()
    {
        using var leaks = new LeakCheck(_pool);
        RecordedSample sample = RecordedSample.Mp4(_pool, 2);
        Fuzzer.Run([sample.Open, sample.Whole[^1], [.. sample.Open, .. sample.Finished.Append.Span]], Read);
    }

    [Fact]
    public void Any_WebM_file_gives_frames_or_a_reason()
    {
        using var leaks = new LeakCheck(_pool);
        RecordedSample sample = RecordedSample.WebM(_pool, 2);
        Fuzzer.Run([sample.Open, sample.Whole[^1], [.. sample.Open, .. sample.Finished.Append.Span]], Read);
    }

    [Fact]
    public void Any_FLV_file_gives_frames_or_a_reason()
    {
        using var leaks = new LeakCheck(_pool);
        Fuzzer.Run([FlvFiles.Make(3), FlvFiles.Make(20)], Read);
    }

    [Fact]
    public void Any_torn_file_is_repaired_or_refused_and_then_read()
    {
        using var leaks = new LeakCheck(_pool);
        Fuzzer.Run(
            [RecordedSample.Mp4(_pool, 2).Open, RecordedSample.WebM(_pool, 2).Open, RecordedSample.Mp4(_pool, 2).Whole[^1]],
            data =>
            {
                using var stream = new MemoryStream();
                stream.Write(data);
                try
                {
                    if (MediaFileRepair.Repair(stream).Outcome == RepairOutcome.NoMedia) return;
                }
                catch (MediaFileException)
                {
                    return;
                }

                Read(stream.ToArray());
            });
    }

    private void Read(byte[] data)
    {
        try
        {
            using IMediaFileReader reader = MediaFiles.Open(new MemoryStream(data), _pool);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int i = 0; i < MostFrames && reader.TryRead(out MediaFileSample sample); i++)
                {
                    Assert.InRange(sample.Track, 0, reader.Tracks.Length - 1);
                    Assert.NotNull(sample.Frame.Format);
                    Assert.False(sample.Frame.Data.IsEmpty);
                    sample.Frame.Release();
                }

                reader.Seek(reader.Duration / 2);
            }
        }
        catch (MediaFileException fault)
        {
            Assert.NotEmpty(fault.Message);
        }
    }
}
