using System.Net.Sockets;
using Media.Scheduling;
using Protocols.Net;

namespace Protocols.Tests.Net;

public sealed class NetworkWaiterTests
{
    private readonly MonotonicClock _clock = new(TimeProvider.System);

    [Theory]
    [InlineData(EndpointFixture.DualStack)]
    [InlineData(EndpointFixture.Portable)]
    public void A_wait_ends_at_its_deadline_and_not_before(string kind)
    {
        using NetworkWaiter waiter = Make(kind);
        foreach (long length in (long[])[3_000, 15_000, 120_000])
        {
            long deadline = _clock.Now + length;
            waiter.Wait(deadline);
            // The kernel may round a wait down by less than its timer's grain.
            Assert.True(_clock.Now >= deadline - 100, $"{deadline - _clock.Now} ticks early");
        }
    }

    [Theory]
    [InlineData(EndpointFixture.DualStack)]
    [InlineData(EndpointFixture.Portable)]
    public void A_wake_ends_the_next_wait_once(string kind)
    {
        using NetworkWaiter waiter = Make(kind);
        waiter.Wake();
        waiter.Wake();
        long start = _clock.Now;
        waiter.Wait(start + (30 * MonotonicClock.TicksPerSecond));
        Assert.True(_clock.Now - start < 20 * MonotonicClock.TicksPerSecond);
        long deadline = _clock.Now + (2 * MonotonicClock.TicksPerMillisecond);
        waiter.Wait(deadline);
        Assert.True(_clock.Now >= deadline - 100);
        waiter.Wake();
        waiter.Wait(long.MaxValue);
    }

    [Fact]
    public async Task Work_posted_from_another_thread_runs_on_a_sleeping_loop()
    {
        using var waiter = NetworkWaiter.Create(_clock);
        var loop = new MediaLoop(0, _clock, waiter, static fault => throw new InvalidOperationException("fault", fault));
        var thread = new Thread(loop.Run);
        thread.Start();
        for (int i = 0; i < 1000; i++) Assert.Equal(i, await loop.InvokeAsync(() => i));
        loop.Stop();
        Assert.True(thread.Join(TimeSpan.FromSeconds(5)));
    }

    [Theory]
    [InlineData(EndpointFixture.DualStack)]
    [InlineData(EndpointFixture.Portable)]
    public void A_datagram_ends_a_wait_without_deadline(string kind)
    {
        using var fixture = new EndpointFixture(kind);
        Socket client = fixture.Connect("127.0.0.1");
        client.Send([1]);
        fixture.Waiter.Wait(long.MaxValue);
        Assert.Single(fixture.Received);
    }

    private NetworkWaiter Make(string kind) => kind == EndpointFixture.Portable ? new SelectWaiter(_clock) : new EpollWaiter(_clock);
}
