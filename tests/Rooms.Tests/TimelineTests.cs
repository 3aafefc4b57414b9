using Media.Scheduling;
using Microsoft.Extensions.Time.Testing;

namespace Rooms.Tests;

public class TimelineTests
{
    private const long Second = MonotonicClock.TicksPerSecond;
    private const long Millisecond = MonotonicClock.TicksPerMillisecond;

    private readonly Timeline _timeline = new(new MonotonicClock(new FakeTimeProvider()));

    [Fact]
    public void The_first_frame_anchors_media_time_to_its_arrival()
    {
        _timeline.Observe(0, 7 * Second);

        Assert.Equal(9 * Second, _timeline.MonotonicAt(2 * Second));
        Assert.Equal(2 * Second, _timeline.MediaTimeAt(9 * Second));
    }

    [Fact]
    public void A_single_late_frame_moves_nothing()
    {
        _timeline.Observe(0, 0);
        for (int i = 1; i < 300; i++) _timeline.Observe(i * Second / 30, (i * Second / 30) + (i % 10 == 0 ? 200 * Millisecond : 0));

        Assert.Equal(0, _timeline.MonotonicAt(0));
    }

    [Fact]
    public void A_source_whose_clock_runs_slow_is_followed_by_at_most_5_ms_a_second()
    {
        _timeline.Observe(0, 0);
        long arrival = 0;
        for (int i = 1; i <= 60 * 30; i++)
        {
            arrival = i * Second / 30 * 1002 / 1000; // 2 ms late per second
            _timeline.Observe(i * Second / 30, arrival);
        }

        long error = arrival - _timeline.MonotonicAt(60 * Second);
        Assert.InRange(error, 0, 10 * Millisecond);
    }

    [Fact]
    public void A_lasting_delay_is_not_taken_over_at_once()
    {
        _timeline.Observe(0, 0);
        for (int i = 1; i <= 4 * 30; i++) _timeline.Observe(i * Second / 30, (i * Second / 30) + Second);

        Assert.InRange(_timeline.MonotonicAt(0), 1, 20 * Millisecond);
    }

    [Theory]
    [InlineData(90_000)]
    [InlineData(48_000)]
    [InlineData(44_100)]
    public void A_year_of_media_time_converts_without_overflow(int clockRate)
    {
        long year = 365L * 24 * 3600;

        Assert.Equal(year * Second, Timeline.ToTicks(year * clockRate, clockRate));
        Assert.Equal(year * clockRate, Timeline.FromTicks(year * Second, clockRate));
    }
}
