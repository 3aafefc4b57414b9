using Media.Timing;

namespace Media.Tests.Timing;

public sealed class SampleGridTests
{
    private readonly SampleGrid _grid = new();

    [Theory]
    [InlineData(44_100)]
    [InlineData(48_000)]
    [InlineData(22_050)]
    public void Frames_with_rounded_times_lie_exactly_one_after_the_other(int rate)
    {
        for (long i = 0; i < 500_000; i++) // three hours at 48 kHz
        {
            long milliseconds = i * 1024 * 1000 / rate;
            Assert.Equal(i * 1024, _grid.Place(milliseconds, rate, 1024));
        }
    }

    [Fact]
    public void A_gap_begins_a_new_grid()
    {
        _grid.Place(0, 48_000, 1024);
        Assert.Equal(1024, _grid.Place(21, 48_000, 1024));
        Assert.Equal(48_000, _grid.Place(1000, 48_000, 1024));
        Assert.Equal(49_024, _grid.Place(1022, 48_000, 1024));
    }

    [Fact]
    public void Times_never_go_back()
    {
        long last = -1;
        foreach (long milliseconds in new long[] { 0, 0, 0, 1, 1, 30, 30, 30, 31, 200 })
        {
            long time = _grid.Place(milliseconds, 48_000, 1024);
            Assert.True(time >= last);
            last = time;
        }
    }
}
