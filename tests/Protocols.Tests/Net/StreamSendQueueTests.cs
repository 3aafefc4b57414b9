using System.Buffers;
using Media.Buffers;
using Protocols.Net;
using TestKit;

namespace Protocols.Tests.Net;

public sealed class StreamSendQueueTests : IDisposable
{
    private readonly BufferPool _pool = new();
    private readonly LeakCheck _leaks;

    public StreamSendQueueTests() => _leaks = new LeakCheck(_pool);

    public void Dispose() => _leaks.Dispose();

    [Fact]
    public void Datagrams_come_out_framed_in_their_order()
    {
        using var queue = new StreamSendQueue(_pool);
        foreach (byte number in (byte[])[1, 2, 3]) Put(queue, number);
        Assert.Equal([0, 1, 1, 0, 1, 2, 0, 1, 3], Take(queue));
        Assert.Equal((0, 0), (queue.Count, queue.Dropped));
    }

    [Fact]
    public void A_full_queue_drops_whole_datagrams_and_the_oldest_first()
    {
        using var queue = new StreamSendQueue(_pool, capacity: 3);
        foreach (byte number in (byte[])[1, 2, 3, 4, 5]) Assert.Equal(number > 3, Put(queue, number));
        Assert.Equal([0, 1, 3, 0, 1, 4, 0, 1, 5], Take(queue));
        Assert.Equal(2, queue.Dropped);
    }

    [Fact]
    public void No_more_is_written_at_once_than_asked_for()
    {
        using var queue = new StreamSendQueue(_pool);
        for (byte number = 0; number < 10; number++) Put(queue, number);
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(2, queue.Write(output, enoughBytes: 4));
        Assert.Equal(6, output.WrittenCount);
        Assert.Equal(8, queue.Count);
    }

    [Fact]
    public void What_was_reserved_and_not_used_goes_nowhere()
    {
        using var queue = new StreamSendQueue(_pool);
        queue.Reserve(100);
        Assert.False(queue.Commit(0));
        Assert.False(queue.Commit(0));
        Put(queue, 7);
        Assert.Equal([0, 1, 7], Take(queue));
        Assert.True(queue.Reserve(DatagramFraming.MaxDatagram + 1).IsEmpty);
        Assert.False(queue.Commit(5));
    }

    [Fact]
    public void Sending_does_not_allocate()
    {
        using var queue = new StreamSendQueue(_pool, capacity: 8);
        var output = new ArrayBufferWriter<byte>(10_000);
        AllocationAssert.None(() =>
        {
            output.ResetWrittenCount();
            for (byte i = 0; i < 20; i++) Put(queue, i);
            queue.Write(output, int.MaxValue);
        });
    }

    private static bool Put(StreamSendQueue queue, byte number)
    {
        queue.Reserve(1)[0] = number;
        return queue.Commit(1);
    }

    private static byte[] Take(StreamSendQueue queue)
    {
        var output = new ArrayBufferWriter<byte>();
        queue.Write(output, int.MaxValue);
        return output.WrittenSpan.ToArray();
    }
}
