using TestKit.Links;

namespace Network.Tests;

/// <summary>The line that tests put between a client and the gateway does what it says.</summary>
public sealed class LinkDirectionTests
{
    private const int Length = 1000;

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.1)]
    public void Random_loss_is_as_much_as_was_asked_for(double loss)
    {
        (double[] arrivals, double share) = Send(new LinkSettings { Loss = loss }, 20_000);
        Assert.InRange(share, loss * 0.9, loss * 1.1);
        Assert.Equal(20_000, arrivals.Length + (int)Math.Round(share * 20_000));
    }

    [Fact]
    public void The_same_seed_loses_the_same_datagrams()
    {
        var settings = new LinkSettings { Loss = 0.1, Jitter = 5 };
        Assert.Equal(Send(settings, 500, seed: 7).Arrivals, Send(settings, 500, seed: 7).Arrivals);
        Assert.NotEqual(Send(settings, 500, seed: 7).Arrivals, Send(settings, 500, seed: 8).Arrivals);
    }

    [Fact]
    public void Losses_in_bursts_are_as_long_as_was_asked_for()
    {
        var direction = new LinkDirection(new LinkSettings { BurstLoss = 0.01, BurstLength = 8 }, 1);
        int lost = 0, bursts = 0;
        bool before = true;
        for (int i = 0; i < 100_000; i++)
        {
            bool passed = direction.TryPass(Length, i, out _);
            if (!passed) lost++;
            if (!passed && before) bursts++;
            before = passed;
        }

        Assert.InRange((double)lost / bursts, 7, 9);
    }

    [Fact]
    public void A_rate_spaces_datagrams_and_its_queue_loses_what_does_not_fit()
    {
        var settings = new LinkSettings { Rate = 8 * 1028 * 100, QueueBytes = 10 * Length }; // one each 10 ms
        var direction = new LinkDirection(settings, 1);
        var arrivals = new List<double>();
        for (int i = 0; i < 30; i++)
            if (direction.TryPass(Length, 0, out double arrival)) arrivals.Add(arrival);
        Assert.InRange(arrivals.Count, 9, 11);
        Assert.All(arrivals.Zip(arrivals.Skip(1)), pair => Assert.Equal(10, pair.Second - pair.First, 0.001));
    }

    [Fact]
    public void Delay_and_jitter_do_not_reorder()
    {
        double[] arrivals = Send(new LinkSettings { Delay = 25, Jitter = 20 }, 1000).Arrivals;
        Assert.Equal(arrivals.Order(), arrivals);
        Assert.All(arrivals.Select((arrival, i) => arrival - i), late => Assert.InRange(late, 25, 46));
    }

    [Fact]
    public void Reordering_delays_as_many_as_was_asked_for()
    {
        double[] arrivals = Send(new LinkSettings { Reorder = 0.1, ReorderDelay = 15 }, 10_000).Arrivals;
        Assert.InRange(arrivals.Where((arrival, i) => arrival - i > 14).Count(), 900, 1100);
    }

    [Fact]
    public void A_path_MTU_of_1280_passes_1252_bytes_of_payload()
    {
        var direction = new LinkDirection(new LinkSettings { Mtu = 1280 }, 1);
        Assert.True(direction.TryPass(1252, 0, out _));
        Assert.False(direction.TryPass(1253, 0, out _));
    }

    [Fact]
    public void A_line_that_is_down_passes_nothing()
    {
        var direction = new LinkDirection(new LinkSettings(), 1);
        Assert.True(direction.TryPass(Length, 0, out _));
        direction.Settings = direction.Settings with { IsDown = true };
        Assert.False(direction.TryPass(Length, 1, out _));
    }

    private static (double[] Arrivals, double Lost) Send(LinkSettings settings, int datagrams, int seed = 1)
    {
        var direction = new LinkDirection(settings, seed);
        var arrivals = new List<double>();
        for (int i = 0; i < datagrams; i++)
            if (direction.TryPass(Length, i, out double arrival)) arrivals.Add(arrival);
        return ([.. arrivals], (double)direction.Lost / datagrams);
    }
}
