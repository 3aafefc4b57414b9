using Media.Buffers;
using Media.Rtp;
using Media.Scheduling;
using TestKit;

namespace Media.Tests.Rtp;

public sealed class ReorderBufferTests : IDisposable
{
    private const long Millisecond = MonotonicClock.TicksPerMillisecond;

    private readonly BufferPool _pool = new();
    private readonly LeakCheck _leaks;
    private readonly ReorderBuffer _buffer = new(16, 100 * Millisecond);
    private readonly List<long> _taken = [];
    private long _now;

    public ReorderBufferTests() => _leaks = new LeakCheck(_pool);

    public void Dispose()
    {
        _buffer.Dispose();
        _leaks.Dispose();
    }

    private bool Add(long number)
    {
        using PooledBuffer buffer = _pool.Rent(10);
        bool isNeeded = _buffer.Add(new RtpPacket
        {
            Buffer = buffer,
            Offset = 0,
            Length = 1,
            SequenceNumber = number,
            Timestamp = 0,
            ArrivalTime = _now,
        });
        Take();
        return isNeeded;
    }

    private void Take()
    {
        while (_buffer.TryTake(_now, out RtpPacket packet))
        {
            _taken.Add(packet.SequenceNumber);
            packet.Release();
        }
    }

    [Fact]
    public void Packets_in_order_pass_at_once()
    {
        for (int i = 5; i < 100; i++) Add(i);
        Assert.Equal(Enumerable.Range(5, 95).Select(i => (long)i), _taken);
        Assert.Equal((0, long.MaxValue), (_buffer.Count, _buffer.NextDeadline));
    }

    [Fact]
    public void A_late_packet_lets_those_behind_it_go()
    {
        Add(1);
        Add(3);
        Add(4);
        Assert.Equal([1L], _taken);
        Add(2);
        Assert.Equal([1L, 2, 3, 4], _taken);
        Assert.Equal(0, _buffer.Missing);
    }

    [Fact]
    public void What_does_not_come_in_time_is_left_out()
    {
        Add(1);
        Add(3);
        _now += 50 * Millisecond;
        Add(5);
        Assert.Equal(100 * Millisecond, _buffer.NextDeadline);
        _now = 100 * Millisecond;
        Take();
        Assert.Equal([1L, 3], _taken);
        Assert.Equal(150 * Millisecond, _buffer.NextDeadline);
        _now = 150 * Millisecond;
        Take();
        Assert.Equal([1L, 3, 5], _taken);
        Assert.Equal(2, _buffer.Missing);
        Assert.False(Add(4));
        Assert.Equal(1, _buffer.Late);
    }

    [Fact]
    public void Duplicates_are_refused()
    {
        Add(1);
        Add(3);
        Assert.False(Add(3));
        Assert.False(Add(1));
        Assert.Equal(2, _buffer.Late);
    }

    [Fact]
    public void More_packets_than_fit_push_the_oldest_out()
    {
        Add(1);
        for (int i = 3; i < 30; i++) Add(i);
        Assert.Equal([1L, 3, 4], _taken[..3]);
        Assert.Equal(28, _taken.Count);
        Assert.Equal(1, _buffer.Missing);
    }

    [Fact]
    public void A_jump_far_ahead_lets_everything_before_it_go_first()
    {
        Add(1);
        Add(3);
        Add(70_000);
        Assert.Equal([1L, 3, 70_000], _taken);
        Add(70_001);
        Assert.Equal(70_001, _taken[^1]);
    }

    [Fact]
    public void Clearing_gives_everything_back_and_begins_anew()
    {
        Add(1);
        Add(3);
        Add(5);
        _buffer.Clear();
        Assert.Equal(0, _pool.Leased);
        Add(2);
        Assert.Equal([1L, 2], _taken);
    }

    [Fact]
    public void Any_order_comes_out_ascending_and_complete_within_the_bounds()
    {
        var random = new Random(5);
        long[] numbers = [.. Enumerable.Range(100, 2000).Select(i => (long)i)];
        for (int i = 0; i + 8 < numbers.Length; i += 8) random.Shuffle(numbers.AsSpan(i, 8));
        Array.Sort(numbers, 0, 8); // the first packet begins the row
        foreach (long number in numbers) Add(number);
        Assert.Equal(Enumerable.Range(100, 2000).Select(i => (long)i), _taken);
    }

    [Fact]
    public void Passing_packets_allocates_nothing()
    {
        using PooledBuffer buffer = _pool.Rent(10);
        long next = 0;
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                long number = next++ ^ 1;
                _buffer.Add(new RtpPacket { Buffer = buffer, Offset = 0, Length = 1, SequenceNumber = number, Timestamp = 0 });
                while (_buffer.TryTake(0, out RtpPacket packet)) packet.Release();
            }
        });
        _buffer.Clear();
    }
}
