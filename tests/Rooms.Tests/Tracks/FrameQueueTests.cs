using Media;
using Media.Buffers;
using Rooms.Tracks;
using TestKit;

namespace Rooms.Tests.Tracks;

public class FrameQueueTests
{
    private readonly BufferPool _pool = new();

    [Fact]
    public void A_full_queue_drops_up_to_the_next_keyframe_and_counts()
    {
        using var queue = new FrameQueue(maxFrames: 2, maxBytes: 1000);
        Write(queue, 0, isKeyframe: true);
        Write(queue, 1);
        Write(queue, 2);
        Read(queue);
        Write(queue, 3);
        Write(queue, 4, isKeyframe: true);

        Assert.Equal(2, queue.Dropped);
        Assert.Equal([1L, 4L], [Read(queue), Read(queue)]);
    }

    [Fact]
    public void Bytes_are_bounded_too()
    {
        using var queue = new FrameQueue(maxFrames: 100, maxBytes: 250);
        for (int i = 0; i < 3; i++) Write(queue, i, isKeyframe: true);

        Assert.Equal(1, queue.Dropped);
    }

    [Fact]
    public void A_completed_queue_gives_out_the_rest_and_then_ends()
    {
        using var queue = new FrameQueue(10, 1000);
        Write(queue, 7, isKeyframe: true);
        queue.Complete();

        Assert.True(queue.Read(out MediaFrame frame));
        frame.Release();
        Assert.False(queue.Read(out _));
    }

    [Fact]
    public void What_nobody_took_is_given_back()
    {
        var queue = new FrameQueue(10, 1000);
        Write(queue, 0, isKeyframe: true);
        queue.Dispose();

        Assert.Equal(0, _pool.Leased);
    }

    private void Write(FrameQueue queue, long time, bool isKeyframe = false)
    {
        var frame = new MediaFrame(TestRoom.VideoFormat, _pool.Rent(100), 0, 100, time, time, isKeyframe);
        queue.TryWrite(frame);
        frame.Release();
    }

    private static long Read(FrameQueue queue)
    {
        Assert.True(queue.TryRead(out MediaFrame frame));
        frame.Release();
        return frame.DecodeTime;
    }
}
