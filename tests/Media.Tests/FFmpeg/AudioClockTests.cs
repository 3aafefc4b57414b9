using Media.FFmpeg;

namespace Media.Tests.FFmpeg;

public sealed class AudioClockTests
{
    private const double Frame = 1024 / 44100.0;

    [Fact]
    public void The_first_frame_starts_the_output()
    {
        var clock = new AudioClock();
        Assert.True(clock.Advance(12.345, Frame));
        Assert.False(clock.Advance(12.345 + Frame, Frame));
    }

    [Fact]
    public void Millisecond_timestamps_never_stretch_the_sound()
    {
        var clock = new AudioClock();
        for (int i = 0; i < 10_000; i++)
        {
            clock.Advance(Math.Round(i * Frame, 3), Frame);
            Assert.Equal(0, clock.Slew);
        }
    }

    [Theory]
    [InlineData(100e-6)]
    [InlineData(-100e-6)]
    [InlineData(3e-3)]
    public void A_drifting_source_is_followed_without_a_restart(double drift)
    {
        var clock = new AudioClock();
        clock.Advance(0, Frame);
        for (int i = 1; i < 20_000; i++)
        {
            Assert.False(clock.Advance(Math.Round(i * Frame * (1 + drift), 3), Frame));
            Assert.InRange(clock.Slew, -AudioClock.MaxSlew, AudioClock.MaxSlew);
            Assert.InRange(clock.ErrorSeconds, -0.035, 0.035);
        }
    }

    [Fact]
    public void A_step_of_40_ms_is_stretched_away_in_half_a_minute()
    {
        var clock = new AudioClock();
        for (int i = 0; i * Frame < 35; i++) Assert.Equal(i == 0, clock.Advance((i * Frame) + (i > 10 ? 0.04 : 0), Frame));
        Assert.InRange(clock.ErrorSeconds, -0.003, 0.003);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(-0.25)]
    [InlineData(3600)]
    public void A_jump_restarts_at_once(double jump)
    {
        var clock = new AudioClock();
        for (int i = 0; i < 100; i++) clock.Advance(i * Frame, Frame);
        Assert.True(clock.Advance((100 * Frame) + jump, Frame));
        Assert.False(clock.Advance((101 * Frame) + jump, Frame));
        Assert.Equal(0, clock.Slew);
    }

    [Fact]
    public void A_step_of_150_ms_that_stays_restarts_within_two_seconds()
    {
        var clock = new AudioClock();
        int restarts = 0;
        for (int i = 0; i < 2 / Frame; i++)
            if (clock.Advance((i * Frame) + (i > 10 ? 0.15 : 0), Frame)) restarts++;
        Assert.Equal(2, restarts);
    }
}
