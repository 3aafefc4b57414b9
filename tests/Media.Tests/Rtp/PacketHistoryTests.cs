using Media.Buffers;
using Media.Rtp;
using TestKit;

namespace Media.Tests.Rtp;

public sealed class PacketHistoryTests : IDisposable
{
    private const long Second = 10_000_000;

    private readonly BufferPool _pool = new();
    private readonly LeakCheck _leaks;

    public PacketHistoryTests() => _leaks = new LeakCheck(_pool);

    public void Dispose() => _leaks.Dispose();

    private bool Add(PacketHistory history, long sequence, bool key = false, long at = 0, int length = 100)
    {
        using PooledBuffer buffer = _pool.Rent(length);
        return history.Add(new RtpPacket
        {
            Buffer = buffer,
            Offset = 0,
            Length = length,
            SequenceNumber = sequence,
            Timestamp = sequence,
            StartsKeyframe = key,
            ArrivalTime = at,
        });
    }

    [Fact]
    public void What_was_added_is_found()
    {
        using var history = new PacketHistory();
        for (long i = 7; i < 1000; i++) Assert.True(Add(history, i, key: i == 7));
        Assert.Equal((7L, 1000L, 7L), (history.First, history.Next, history.GroupStart));
        Assert.Equal(993 * 100, history.Bytes);
        for (long i = 7; i < 1000; i++)
        {
            Assert.True(history.TryGet(i, out RtpPacket packet));
            Assert.Equal(i, packet.SequenceNumber);
        }

        Assert.False(history.TryGet(6, out _));
        Assert.False(history.TryGet(1000, out _));
    }

    [Fact]
    public void Before_the_first_keyframe_there_is_no_group()
    {
        using var history = new PacketHistory();
        Add(history, 0);
        Assert.Equal(-1, history.GroupStart);
        Add(history, 1, key: true);
        Add(history, 2);
        Assert.Equal(1, history.GroupStart);
        Add(history, 3, key: true);
        Assert.Equal(3, history.GroupStart);
    }

    [Fact]
    public void The_last_packets_outlive_their_group()
    {
        using var history = new PacketHistory(new PacketHistoryOptions { MinPackets = 50 });
        for (long i = 0; i < 400; i++) Add(history, i, key: i % 100 == 0, at: i * Second);
        // One packet a second: the bound on age (12 s) leaves no more.
        Assert.Equal((387L, 400L), (history.First, history.Next));
        Assert.Equal(-1, history.GroupStart);
    }

    [Fact]
    public void A_group_is_kept_whole_beyond_the_least_number()
    {
        using var history = new PacketHistory(new PacketHistoryOptions { MinPackets = 10, MinAge = Second / 100 });
        for (long i = 0; i < 500; i++) Add(history, i, key: i is 0 or 100, at: i * (Second / 100));
        Assert.Equal((100L, 100L), (history.First, history.GroupStart));
        Add(history, 500, key: true, at: 5 * Second);
        Assert.Equal((491L, 500L), (history.First, history.GroupStart));
    }

    [Fact]
    public void Young_packets_are_kept_beyond_the_least_number()
    {
        using var history = new PacketHistory(new PacketHistoryOptions { MinPackets = 10 });
        for (long i = 0; i < 1000; i++) Add(history, i, key: true, at: i * (Second / 100));
        Assert.Equal(1000 - 201, history.First);
    }

    [Fact]
    public void A_group_that_lasts_too_long_is_given_up()
    {
        using var history = new PacketHistory(new PacketHistoryOptions { MinPackets = 10 });
        for (long i = 0; i <= 1200; i++) Add(history, i, key: i == 0, at: i * (Second / 100));
        Assert.Equal(0, history.GroupStart);
        Add(history, 1201, at: (12 * Second) + 1);
        Assert.Equal(-1, history.GroupStart);
        Assert.InRange(history.Next - history.First, 200, 203);
    }

    [Fact]
    public void A_group_that_is_too_large_is_given_up()
    {
        using var history = new PacketHistory(new PacketHistoryOptions { MaxBytes = 10_000 });
        for (long i = 0; i < 100; i++) Add(history, i, key: i == 0);
        Assert.Equal(0, history.GroupStart);
        Add(history, 100);
        Assert.Equal((-1L, 10_000L, 1L), (history.GroupStart, history.Bytes, history.First));
    }

    [Fact]
    public void The_number_of_packets_has_a_bound()
    {
        using var history = new PacketHistory(new PacketHistoryOptions { MaxPackets = 1000 });
        for (long i = 0; i < 3000; i++) Add(history, i, key: i == 0);
        Assert.Equal((2000L, 3000L, -1L), (history.First, history.Next, history.GroupStart));
    }

    [Fact]
    public void A_hole_makes_the_group_unusable_until_it_is_filled()
    {
        using var history = new PacketHistory();
        Add(history, 10, key: true);
        Add(history, 13);
        Assert.Equal(-1, history.GroupStart);
        Assert.False(history.TryGet(11, out _));
        Assert.True(Add(history, 12));
        Assert.Equal(-1, history.GroupStart);
        Assert.True(Add(history, 11));
        Assert.Equal(10, history.GroupStart);
        Assert.False(Add(history, 11));
        Assert.False(Add(history, 9));
    }

    [Fact]
    public void A_keyframe_that_comes_late_begins_the_group()
    {
        using var history = new PacketHistory();
        Add(history, 10, key: true);
        Add(history, 13);
        Add(history, 12, key: true);
        Assert.Equal(12, history.GroupStart);
        Add(history, 11);
        Assert.Equal(12, history.GroupStart);
    }

    [Fact]
    public void A_jump_ahead_starts_anew()
    {
        using var history = new PacketHistory();
        Add(history, 1, key: true);
        Add(history, 100_000);
        Assert.Equal((100_000L, 100_001L, -1L), (history.First, history.Next, history.GroupStart));
        Assert.False(Add(history, 2));
    }

    [Fact]
    public void Clearing_gives_all_references_back_and_keeps_the_numbers()
    {
        using var history = new PacketHistory();
        for (long i = 0; i < 10; i++) Add(history, i, key: i == 0);
        history.Clear();
        Assert.Equal(0, _pool.Leased);
        Assert.True(history.IsEmpty);
        Assert.Equal((10L, -1L), (history.Next, history.GroupStart));
        Assert.True(Add(history, 10, key: true));
        Assert.Equal(10, history.GroupStart);
    }

    [Fact]
    public void Adding_allocates_nothing_once_the_ring_has_grown()
    {
        using var history = new PacketHistory(new PacketHistoryOptions { MinPackets = 500, MinAge = 0 });
        using PooledBuffer buffer = _pool.Rent(1000);
        long sequence = 0;
        void Fill(int count)
        {
            for (int i = 0; i < count; i++, sequence++)
            {
                history.Add(new RtpPacket
                {
                    Buffer = buffer,
                    Offset = 0,
                    Length = 1000,
                    SequenceNumber = sequence,
                    Timestamp = sequence,
                    StartsKeyframe = sequence % 600 == 0,
                    ArrivalTime = sequence * 1000,
                });
            }
        }

        Fill(5000);
        AllocationAssert.None(() => Fill(20_000));
    }

    [Fact]
    public void Any_order_of_numbers_keeps_the_books_right()
    {
        var random = new Random(1);
        using var history = new PacketHistory(
            new PacketHistoryOptions { MinPackets = 20, MaxPackets = 64, MaxBytes = 5000, MinAge = 10, MaxAge = 100 });
        long at = 0;
        for (int i = 0; i < 20_000; i++)
        {
            long sequence = Math.Max(0, history.Next + random.Next(-20, 6) + (random.Next(500) == 0 ? 200 : 0));
            Add(history, sequence, random.Next(15) == 0, at += random.Next(3), random.Next(1, 200));
            CheckBooks(history);
        }
    }

    private static void CheckBooks(PacketHistory history)
    {
        long bytes = 0;
        int holesInGroup = 0;
        for (long i = history.First; i < history.Next; i++)
        {
            if (history.TryGet(i, out RtpPacket packet)) bytes += packet.Length;
            else if (i >= history.GroupStart) holesInGroup++;
        }

        Assert.Equal(bytes, history.Bytes);
        Assert.InRange(history.Next - history.First, 1, 64);
        if (history.GroupStart < 0) return;
        Assert.Equal(0, holesInGroup);
        Assert.True(history.TryGet(history.GroupStart, out RtpPacket first) && first.StartsKeyframe);
    }
}
