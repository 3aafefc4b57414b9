using Media.Scheduling;
using Protocols.Rtp;

namespace Protocols.Tests.Rtp;

public sealed class NackGeneratorTests
{
    private const long Millisecond = MonotonicClock.TicksPerMillisecond;

    private readonly NackGenerator _nacks = new(new NackOptions { MaxPackets = 20, MaxTries = 3 });

    private ushort[] Due(long now, long roundTrip = 0)
    {
        Span<ushort> due = stackalloc ushort[64];
        return due[.._nacks.Collect(now, roundTrip, due, out _)].ToArray();
    }

    [Fact]
    public void A_hole_is_asked_for_after_a_moment_for_reordered_packets()
    {
        _nacks.OnGap(65_535, 65_538, 0);
        Assert.Equal(5 * Millisecond, _nacks.NextDeadline);
        Assert.Empty(Due(4 * Millisecond));
        _nacks.OnArrival(65_536, 4 * Millisecond, out long roundTrip);
        Assert.Equal(-1, roundTrip);
        Assert.Equal([65_535, 1], Due(5 * Millisecond));
    }

    [Fact]
    public void Requests_are_repeated_after_a_round_trip()
    {
        _nacks.OnGap(10, 11, 0);
        Assert.Equal([10], Due(5 * Millisecond, 80 * Millisecond));
        Assert.Equal(105 * Millisecond, _nacks.NextDeadline);
        Assert.Empty(Due(104 * Millisecond, 80 * Millisecond));
        Assert.Equal([10], Due(105 * Millisecond, 80 * Millisecond));
    }

    [Fact]
    public void A_short_round_trip_does_not_make_a_flood()
    {
        _nacks.OnGap(10, 11, 0);
        Due(5 * Millisecond, 1);
        Assert.Equal(25 * Millisecond, _nacks.NextDeadline);
    }

    [Fact]
    public void The_answer_to_a_single_request_measures_the_round_trip()
    {
        _nacks.OnGap(10, 12, 0);
        Due(5 * Millisecond);
        _nacks.OnArrival(10, 65 * Millisecond, out long roundTrip);
        Assert.Equal(60 * Millisecond, roundTrip);
        Due(500 * Millisecond);
        _nacks.OnArrival(11, 510 * Millisecond, out roundTrip);
        Assert.Equal(-1, roundTrip);
        Assert.Equal((0, long.MaxValue), (_nacks.Count, _nacks.NextDeadline));
    }

    [Fact]
    public void After_so_many_tries_or_so_long_a_packet_is_given_up()
    {
        Span<ushort> due = stackalloc ushort[8];
        _nacks.OnGap(10, 11, 0);
        long now = 0;
        for (int i = 0; i < 3; i++) Assert.Equal(1, _nacks.Collect(now += 200 * Millisecond, 0, due, out _));
        Assert.Equal(0, _nacks.Collect(now += 200 * Millisecond, 0, due, out long givenUp));
        Assert.Equal((10, 1, 0), (givenUp, _nacks.GivenUp, _nacks.Count));
        _nacks.OnGap(20, 21, now);
        Assert.Equal(0, _nacks.Collect(now + (1000 * Millisecond), 0, due, out givenUp));
        Assert.Equal(20, givenUp);
    }

    [Fact]
    public void More_than_the_list_holds_is_given_up_at_once()
    {
        Assert.True(_nacks.OnGap(0, 15, 0));
        Assert.False(_nacks.OnGap(20, 26, 0));
        Assert.Equal((0, 21, long.MaxValue), (_nacks.Count, _nacks.GivenUp, _nacks.NextDeadline));
        Assert.False(_nacks.OnGap(0, long.MaxValue, 0));
    }

    [Fact]
    public void What_does_not_fit_one_message_waits_for_the_next()
    {
        _nacks.OnGap(0, 10, 0);
        Span<ushort> due = stackalloc ushort[4];
        long now = 10 * Millisecond;
        Assert.Equal(4, _nacks.Collect(now, 0, due, out _));
        Assert.True(_nacks.NextDeadline <= now);
        Assert.Equal(4, _nacks.Collect(now, 0, due, out _));
        Assert.Equal(4, due[0]);
    }
}
