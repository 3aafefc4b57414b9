using Gateway.Participants;
using Media.Scheduling;

namespace Gateway.Tests.Participants;

public class MessageRateTests
{
    private const long Second = MonotonicClock.TicksPerSecond;

    [Fact]
    public void A_burst_is_taken_and_the_next_one_is_too_many()
    {
        var rate = new MessageRate(20, 80, 0);

        for (int i = 0; i < 80; i++) Assert.True(rate.TryTake(0));
        Assert.False(rate.TryTake(0));
    }

    [Fact]
    public void The_rate_can_go_on_for_ever()
    {
        var rate = new MessageRate(20, 80, 0);

        for (int i = 0; i < 10_000; i++) Assert.True(rate.TryTake(i * Second / 20));
    }

    [Fact]
    public void More_than_the_rate_is_too_many_in_the_end()
    {
        var rate = new MessageRate(20, 80, 0);
        int taken = 0;
        for (int i = 0; i < 40 * 60; i++)
            if (rate.TryTake(i * Second / 40)) taken++;

        Assert.InRange(taken, 60 * 20, (60 * 20) + 80);
    }

    [Fact]
    public void Silence_saves_no_more_than_a_burst()
    {
        var rate = new MessageRate(20, 80, 0);
        int taken = 0;
        while (rate.TryTake(3600 * Second)) taken++;

        Assert.Equal(80, taken);
    }
}
