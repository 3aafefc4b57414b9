using System.Buffers;
using Media.Buffers;
using Media.Containers;
using Media.Tests.Containers;
using Media.WebM;
using TestKit;

namespace Media.Tests.WebM;

public sealed class WebMWriterTests
{
    private readonly BufferPool _pool = new();
    private readonly ArrayBufferWriter<byte> _output = new();

    [Fact]
    public void The_start_is_known_again_before_and_after_the_file_is_finished()
    {
        using var writer = new WebMWriter([TestFrames.Vp8, TestFrames.Opus], DateTimeOffset.UnixEpoch.AddYears(50));
        writer.WriteHeader(_output);
        Add(writer, 0, TestFrames.Make(_pool, TestFrames.Vp8, 0, 0, true));
        writer.CutFragment(_output);
        byte[] open = _output.WrittenSpan.ToArray();
        FinishedFile finished = writer.Finish();
        byte[] whole = WrittenFile.Finish(open, finished);
        Assert.True(WebMLayout.IsOurs(open));
        Assert.True(WebMLayout.IsOurs(whole));
        Assert.False(WebMLayout.IsFinished(open, open.Length));
        Assert.True(WebMLayout.IsFinished(whole, whole.Length));
        Assert.Equal(open[..WebMLayout.FixedLength], WebMLayout.Unfinished().Aggregate(whole, WrittenFile.Apply)[..WebMLayout.FixedLength]);
    }

    [Fact]
    public void A_fragment_longer_than_a_block_can_tell_is_written_as_several_clusters()
    {
        using var leaks = new LeakCheck(_pool);
        using var writer = new WebMWriter([TestFrames.Vp8]);
        writer.WriteHeader(_output);
        for (int i = 0; i < 100; i++) Add(writer, 0, TestFrames.Make(_pool, TestFrames.Vp8, i * 90_000L, i * 90_000L, i == 0));
        writer.CutFragment(_output);
        Assert.Equal(4, Clusters());
        Assert.Equal(_output.WrittenCount, writer.Length);
    }

    [Fact]
    public void Cutting_fragments_allocates_nothing_but_the_growth_of_the_index()
    {
        using var writer = new WebMWriter([TestFrames.Vp8, TestFrames.Opus]);
        var output = new ArrayBufferWriter<byte>(1 << 20);
        writer.WriteHeader(output);
        long time = 0;
        AllocationAssert.None(() =>
        {
            output.ResetWrittenCount();
            for (int i = 0; i < 50; i++, time++)
            {
                Add(writer, 0, TestFrames.Make(_pool, TestFrames.Vp8, time * 1800, time * 1800));
                Add(writer, 1, TestFrames.Make(_pool, TestFrames.Opus, time * 960, time * 960));
                if (i % 15 == 14) writer.CutFragment(output);
            }
        });
    }

    private int Clusters()
    {
        int count = 0;
        ReadOnlySpan<byte> rest = _output.WrittenSpan;
        for (int at; (at = rest.IndexOf((ReadOnlySpan<byte>)[0x1f, 0x43, 0xb6, 0x75])) >= 0; rest = rest[(at + 4)..]) count++;
        return count;
    }

    private static void Add(WebMWriter writer, int track, MediaFrame frame)
    {
        writer.Add(track, frame);
        frame.Release();
    }
}
