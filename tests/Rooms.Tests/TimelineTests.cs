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
    public void A_starting_backlog_is_not_taken_for_delay()
    {
        _timeline.Observe(0, Second); // drawn at 0, sent a second later, as are the ones behind it
        for (int i = 1; i < 60; i++) _timeline.Observe(i * Second / 30, Math.Max(Second + (i * Millisecond), i * Second / 30));

        Assert.Equal(0, _timeline.MonotonicAt(0));
    }

    [Fact]
    public void What_was_told_to_somebody_moves_by_at_most_5_ms_a_second_and_never_back_in_time()
    {
        _timeline.Observe(0, Second);
        _timeline.Settle();
        long before = _timeline.MediaTimeAt(Second);
        for (int i = 1; i < 300; i++)
        {
            long arrival = Math.Max(Second + (i * Millisecond), i * Second / 30);
            _timeline.Observe(i * Second / 30, arrival);
            Assert.True(_timeline.MediaTimeAt(arrival) >= before);
            before = _timeline.MediaTimeAt(arrival);
        }

        Assert.InRange(_timeline.MonotonicAt(0), 945 * Millisecond, Second);
    }

    [Fact]
    public void After_three_seconds_nothing_jumps_any_more()
    {
        for (int i = 0; i <= 120; i++) _timeline.Observe(i * Second / 30, i * Second / 30);
        _timeline.Observe(5 * Second, 4 * Second);

        Assert.Equal(0, _timeline.MonotonicAt(0));
    }

    [Fact]
    public void A_source_that_begins_again_may_settle_again()
    {
        for (int i = 0; i <= 120; i++) _timeline.Observe(i * Second / 30, i * Second / 30);
        _timeline.Unsettle();
        _timeline.Observe(_timeline.MediaTimeAt(60 * Second), 60 * Second);
        _timeline.Observe(_timeline.MediaTimeAt(60 * Second) + Second, 60 * Second);

        Assert.Equal(-Second, _timeline.MonotonicAt(0));
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
