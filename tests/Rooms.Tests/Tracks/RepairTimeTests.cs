using Media.Scheduling;
using Rooms.Tracks;

namespace Rooms.Tests.Tracks;

public sealed class RepairTimeTests
{
    private const long Millisecond = MonotonicClock.TicksPerMillisecond;

    private readonly RepairTime _time = new();

    [Fact]
    public void Without_repairs_it_is_nothing() => Assert.Equal(0, _time.At(0));

    [Fact]
    public void It_covers_what_most_repairs_take()
    {
        for (int i = 0; i < 100; i++) _time.OnLate((i % 10 == 0 ? 120 : 60) * Millisecond, i * 100 * Millisecond);

        Assert.InRange(_time.At(10_000 * Millisecond) / Millisecond, 70, 130);
    }

    [Fact]
    public void Packets_in_another_order_cost_next_to_nothing()
    {
        for (int i = 0; i < 100; i++) _time.OnLate(Millisecond, i * 100 * Millisecond);

        Assert.InRange(_time.At(10_000 * Millisecond) / Millisecond, 0, 3);
    }

    [Fact]
    public void It_never_makes_anybody_wait_longer_than_half_a_second()
    {
        for (int i = 0; i < 100; i++) _time.OnLate(1000 * Millisecond, i * 100 * Millisecond);

        Assert.Equal(500, _time.At(10_000 * Millisecond) / Millisecond);
    }

    [Fact]
    public void A_line_that_loses_nothing_for_half_a_minute_is_a_good_one_again()
    {
        _time.OnLate(60 * Millisecond, 0);

        Assert.NotEqual(0, _time.At(30_000 * Millisecond));
        Assert.Equal(0, _time.At(30_001 * Millisecond));
    }
}
