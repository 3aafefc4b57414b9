using Media.Scheduling;
using Microsoft.Extensions.Time.Testing;
using Rooms.Tracks;

namespace Rooms.Tests.Tracks;

public sealed class TrackStatisticsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TrackStatistics _statistics;

    public TrackStatisticsTests() => _statistics = new TrackStatistics(new MonotonicClock(_time));

    [Fact]
    public void Rates_are_those_of_whole_seconds()
    {
        Run(frames: 61, milliseconds: 25);
        Assert.Equal(40, _statistics.FrameRate, 1.0);
        Assert.Equal(1000 * 8 * 40, _statistics.Bitrate, 10_000.0);
    }

    [Fact]
    public void A_silence_before_the_first_frame_makes_no_low_rate()
    {
        _time.Advance(TimeSpan.FromSeconds(1.7)); // an encoder's lookahead
        Run(frames: 1, milliseconds: 25);
        Assert.Equal(0, _statistics.Bitrate);
        Run(frames: 41, milliseconds: 25);
        Assert.Equal(40, _statistics.FrameRate, 1.0);
    }

    private void Run(int frames, int milliseconds)
    {
        for (int i = 0; i < frames; i++)
        {
            _statistics.Count(1000, isKeyframe: false);
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        }
    }
}
