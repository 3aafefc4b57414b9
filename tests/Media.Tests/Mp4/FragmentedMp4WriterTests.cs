using System.Buffers;
using Media.Buffers;
using Media.Mp4;
using Media.Tests.Containers;
using TestKit;

namespace Media.Tests.Mp4;

public sealed class FragmentedMp4WriterTests
{
    private readonly BufferPool _pool = new();

    [Fact]
    public void A_frame_is_kept_until_its_fragment_is_cut()
    {
        using var leaks = new LeakCheck(_pool);
        using var writer = new FragmentedMp4Writer([TestFrames.Vp9]);
        var output = new ArrayBufferWriter<byte>();
        writer.WriteHeader(output);
        Add(writer, 0, TestFrames.Make(_pool, TestFrames.Vp9, 0, 0, true));
        Add(writer, 0, TestFrames.Make(_pool, TestFrames.Vp9, 3000, 3000));
        Assert.Equal(2, _pool.Leased);
        Assert.Equal(333_333, writer.PendingTicks);
        Assert.Equal(40, writer.PendingBytes);
        writer.CutFragment(output);
        Assert.Equal(0, _pool.Leased);
        Assert.Equal(0, writer.PendingTicks);
        Assert.Equal(output.WrittenCount, writer.Length);
    }

    [Fact]
    public void Frames_that_were_never_cut_are_given_back()
    {
        using var leaks = new LeakCheck(_pool);
        using var writer = new FragmentedMp4Writer([TestFrames.Opus]);
        Add(writer, 0, TestFrames.Make(_pool, TestFrames.Opus, 0, 0));
    }

    [Fact]
    public void Nothing_added_makes_no_fragment_and_no_index()
    {
        using var writer = new FragmentedMp4Writer([TestFrames.Aac]);
        var output = new ArrayBufferWriter<byte>();
        writer.WriteHeader(output);
        long header = writer.Length;
        writer.CutFragment(output);
        Assert.Equal(header, writer.Length);
        Assert.True(writer.Finish().Append.IsEmpty);
    }

    [Fact]
    public void A_frame_of_another_codec_is_refused()
    {
        using var leaks = new LeakCheck(_pool);
        using var writer = new FragmentedMp4Writer([TestFrames.Vp9]);
        MediaFrame frame = TestFrames.Make(_pool, TestFrames.Opus, 0, 0);
        Assert.Throws<ArgumentException>(() => writer.Add(0, frame));
        frame.Release();
    }

    [Fact]
    public void Cutting_fragments_allocates_nothing_but_the_growth_of_the_index()
    {
        using var writer = new FragmentedMp4Writer([TestFrames.Vp9, TestFrames.Opus]);
        var output = new ArrayBufferWriter<byte>(1 << 20);
        writer.WriteHeader(output);
        long time = 0;
        AllocationAssert.None(() =>
        {
            output.ResetWrittenCount();
            for (int i = 0; i < 50; i++, time++)
            {
                Add(writer, 0, TestFrames.Make(_pool, TestFrames.Vp9, time * 1800, time * 1800));
                Add(writer, 1, TestFrames.Make(_pool, TestFrames.Opus, time * 960, time * 960));
                if (i % 15 == 14) writer.CutFragment(output);
            }
        });
    }

    private static void Add(FragmentedMp4Writer writer, int track, MediaFrame frame)
    {
        writer.Add(track, frame);
        frame.Release();
    }
}
