using Media.Buffers;
using Media.Rtp;
using Media.Scheduling;

namespace Media.Tests.Rtp;

public sealed class PacketHistoryMemoryTests
{
    /// <summary>All that is allocated counts, what the growing of the ring leaves to the collector included.</summary>
    [Fact]
    public void Ten_seconds_of_a_fast_source_hold_little_more_than_a_datagram_a_packet()
    {
        const int seconds = 10, perSecond = 300, length = 1100, received = 2048, most = 2500;
        var pool = new BufferPool();
        long before = GC.GetAllocatedBytesForCurrentThread();
        using var history = new PacketHistory();
        for (int i = 0; i < seconds * perSecond; i++)
        {
            using PooledBuffer buffer = pool.Rent(received);
            history.Add(new RtpPacket
            {
                Buffer = buffer, Offset = 20, Length = length, SequenceNumber = i, Timestamp = i * 300L, StartsKeyframe = i == 0,
                ArrivalTime = i * MonotonicClock.TicksPerSecond / perSecond,
            });
        }

        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / (seconds * perSecond);
        Assert.Equal(seconds * perSecond, history.Next - history.First);
        Assert.InRange(each, received, most);
    }
}
