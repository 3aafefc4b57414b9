using Media.FFmpeg;
using Media.Scheduling;

namespace Media.Tests.FFmpeg;

public sealed class TranscodeLadderTests
{
    private const long Ms = MonotonicClock.TicksPerMillisecond;
    private readonly TranscodeLadder _ladder = new();
    private readonly List<(long Seconds, TranscodeStep Step)> _changes = [];
    private long _now;

    [Fact]
    public void Lag_that_stays_walks_down_all_steps()
    {
        Run(20, 700);
        Assert.Equal(
            [TranscodeStep.FastPreset, TranscodeStep.HalfFrameRate, TranscodeStep.HalfSize], _changes.Select(c => c.Step));
        Assert.Equal([2, 4, 6], _changes.Select(c => c.Seconds));
    }

    [Fact]
    public void A_moment_of_lag_changes_nothing()
    {
        for (int i = 0; i < 50; i++)
        {
            RunMs(400, 10_000);
            Run(1, 100);
        }

        Assert.Empty(_changes);
    }

    [Fact]
    public void Thirty_seconds_of_headroom_go_back_one_step()
    {
        Run(5, 700);
        Assert.Equal(TranscodeStep.HalfFrameRate, _ladder.Step);
        Run(29, 50);
        Assert.Equal(TranscodeStep.HalfFrameRate, _ladder.Step);
        Run(2, 50);
        Assert.Equal(TranscodeStep.FastPreset, _ladder.Step);
        Run(31, 50);
        Assert.Equal(TranscodeStep.Full, _ladder.Step);
        Run(60, 50);
        Assert.Equal(4, _changes.Count);
    }

    [Fact]
    public void Lag_that_is_neither_bad_nor_comfortable_stays()
    {
        Run(3, 700);
        Run(120, 400);
        Assert.Equal(TranscodeStep.FastPreset, _ladder.Step);
    }

    [Fact]
    public void Going_back_too_early_doubles_the_wait()
    {
        Run(3, 700);
        Run(31, 50);
        Assert.Equal(TranscodeStep.Full, _ladder.Step);
        Run(2, 700);
        Assert.Equal(TranscodeStep.FastPreset, _ladder.Step);
        Run(55, 50);
        Assert.Equal(TranscodeStep.FastPreset, _ladder.Step);
        Run(10, 50);
        Assert.Equal(TranscodeStep.Full, _ladder.Step);
    }

    private void Run(int seconds, long lagMs) => RunMs(seconds * 1000, lagMs);

    private void RunMs(int duration, long lagMs)
    {
        for (long end = _now + (duration * Ms); _now < end; _now += 20 * Ms)
            if (_ladder.Update(_now, lagMs * Ms)) _changes.Add((_now / MonotonicClock.TicksPerSecond, _ladder.Step));
    }
}
