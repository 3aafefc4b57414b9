using Media.Scheduling;
using Media.Timing;

namespace Media.Tests.Timing;

public sealed class RtmpTimelineTests
{
    private const long Hour = 3_600_000;
    private readonly RtmpTimeline _timeline = new();
    private long _now = 77_000_000_000;

    [Fact]
    public void A_timeline_that_starts_near_zero_is_left_as_it_is()
    {
        Assert.Equal(0, Video(0));
        Assert.Equal(66, Audio(66));
        Assert.Equal(33, Video(33));
    }

    [Fact]
    public void A_timeline_that_starts_late_begins_after_one_second_and_the_other_medium_may_start_before_it()
    {
        Assert.Equal(1000, Video(123_456_789));
        Assert.Equal(980, Audio(123_456_769));
    }

    [Theory]
    [InlineData(1L << 24, 1L << 24)]
    [InlineData(1L << 24, 1L << 32)]
    [InlineData(1L << 31, 1L << 31)]
    [InlineData(1L << 31, 1L << 32)]
    [InlineData(1L << 32, 1L << 32)]
    public void Audio_and_video_step_over_a_roll_over_without_drift(long around, long wrapsAt)
    {
        long start = around - Hour, end = around + Hour;
        long? offset = null;
        long video = start, audio = start;
        while (video < end)
        {
            bool isVideo = video <= audio;
            long sent = isVideo ? video : audio;
            long time = isVideo ? Video((uint)(sent % wrapsAt)) : Audio((uint)(sent % wrapsAt));
            offset ??= time - sent;
            Assert.Equal(offset.Value, time - sent);
            if (isVideo) video += 33;
            else audio += 23;
        }

        Assert.Equal(0, _timeline.Jumps);
    }

    [Fact]
    public void Audio_that_is_still_before_the_roll_over_when_video_is_behind_it_keeps_its_place()
    {
        const uint last = (1 << 24) - 1;
        long first = Video(last - 10);
        Assert.Equal(first + 21, Video(10));
        Assert.Equal(first + 5, Audio(last - 5));
        Assert.Equal(first + 31, Audio(20));
    }

    [Fact]
    public void A_restart_at_zero_goes_on_after_the_latest_time_and_shifts_both_media_alike()
    {
        PlayUntil(10_000);
        long video = Video(0);
        long audio = Audio(7);
        Assert.InRange(video, 10_000, 10_100);
        Assert.Equal(7, audio - video);
        Assert.Equal(1, _timeline.Jumps);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(310_000u)]
    [InlineData(4_000_000_000u)]
    public void Stragglers_of_the_old_clock_keep_their_place_while_the_other_medium_has_jumped(uint to)
    {
        PlayUntil(4_000);
        long video = Video(to);
        Assert.Equal(4_010, Audio(4_010));
        Assert.Equal(video + 5, Audio(to + 5));
        Assert.Equal(video + 33, Video(to + 33));
        Assert.Equal(1, _timeline.Jumps);
    }

    [Fact]
    public void A_jump_forward_by_minutes_is_closed_and_lip_sync_stays()
    {
        PlayUntil(5_000);
        long audio = Audio(605_000);
        long video = Video(605_012);
        Assert.InRange(audio, 5_000, 5_100);
        Assert.Equal(12, video - audio);
    }

    [Fact]
    public void A_pause_that_really_happened_is_kept()
    {
        PlayUntil(5_000);
        _now += 60 * MonotonicClock.TicksPerSecond;
        Assert.Equal(65_000, Audio(65_000));
        Assert.Equal(65_010, Video(65_010));
        Assert.Equal(0, _timeline.Jumps);
    }

    [Fact]
    public void A_medium_that_was_silent_for_long_comes_back_at_its_place()
    {
        Audio(0);
        for (uint t = 0; t <= 600_000; t += 40) Video(t);
        Assert.Equal(600_005, Audio(600_005));
        Assert.Equal(0, _timeline.Jumps);
    }

    [Fact]
    public void Only_one_clock_that_jumps_is_brought_back_beside_the_other()
    {
        PlayUntil(5_000);
        long audio = Audio(50_000_000);
        Assert.InRange(audio, 5_000, 5_100);
        long video = 0;
        for (uint t = 40; t <= 4_000; t += 40)
        {
            video = Video(5_000 + t);
            audio = Audio(50_000_000 + t);
        }

        Assert.Equal(9_000, video);
        Assert.InRange(audio - video, -100, 100);
        Assert.InRange(Audio(9_020), 9_000, 9_120);
        Assert.Equal(1, _timeline.Jumps);
    }

    [Fact]
    public void Small_steps_back_are_held_and_do_not_move_the_clock()
    {
        PlayUntil(1_000);
        long before = Audio(1_010);
        Assert.Equal(before, Audio(1_005));
        Assert.Equal(before + 23, Audio(1_033));
        Assert.Equal(0, _timeline.Jumps);
    }

    [Fact]
    public void Repeated_restarts_never_go_back_and_never_drift_apart()
    {
        long audio = -1, video = -1;
        for (int restart = 0; restart < 50; restart++)
        {
            for (uint t = 0; t < 4_000; t += 20)
            {
                long a = Audio(t), v = Video(t);
                Assert.True(a >= audio && v >= video);
                (audio, video) = (a, v);
                Assert.Equal(audio, video);
            }
        }

        Assert.Equal(49, _timeline.Jumps);
        Assert.Equal(50 * 4_000 - 20, video);
    }

    private void PlayUntil(uint end)
    {
        for (uint t = 0; t <= end; t += 20)
        {
            Audio(t);
            Video(t);
        }
    }

    private long Audio(uint timestamp) => Extend(MediaKind.Audio, timestamp);

    private long Video(uint timestamp) => Extend(MediaKind.Video, timestamp);

    private long Extend(MediaKind kind, uint timestamp)
    {
        _now += 10 * MonotonicClock.TicksPerMillisecond;
        return _timeline.Extend(kind, timestamp, _now);
    }
}
