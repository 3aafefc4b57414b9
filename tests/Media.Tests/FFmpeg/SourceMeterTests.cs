using Media.FFmpeg;

namespace Media.Tests.FFmpeg;

public sealed class SourceMeterTests
{
    private readonly SourceMeter _meter = new();

    [Fact]
    public void Nothing_is_known_before_two_full_seconds()
    {
        Feed(0, 45, 25, 10_000);
        Assert.Equal(0, _meter.Bitrate);
        Assert.Equal(0, _meter.FrameRate);
    }

    [Fact]
    public void Rate_and_bits_are_those_of_the_last_ten_seconds()
    {
        Feed(0, 200, 25, 10_000);
        Feed(200, 550, 25, 5_000);
        Assert.Equal(1_000_000, _meter.Bitrate);
        Assert.Equal(25, _meter.FrameRate);
    }

    [Fact]
    public void A_jump_in_time_keeps_what_is_known_and_counts_anew()
    {
        Feed(0, 100, 25, 10_000);
        Feed(100_000, 100_070, 50, 10_000);
        Assert.Equal(25, _meter.FrameRate);
        Feed(100_070, 100_200, 50, 10_000);
        Assert.Equal(50, _meter.FrameRate);
    }

    private void Feed(int from, int to, int rate, int bytes)
    {
        for (int i = from; i < to; i++) _meter.Add(i * 90_000L / rate, bytes);
    }
}
