using Media.Scheduling;
using Microsoft.Extensions.Time.Testing;

namespace TestKit;

/// <summary>A media loop on a stepped clock, turned by the test's own thread.</summary>
public sealed class TestLoop
{
    private readonly ManualWaiter _waiter = new();

    public TestLoop(int index = 0)
    {
        Clock = new MonotonicClock(Time);
        Loop = new MediaLoop(index, Clock, _waiter, fault => throw new InvalidOperationException("Fault on the loop", fault));
        Run();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public MonotonicClock Clock { get; }

    public MediaLoop Loop { get; }

    public long Now => Clock.Now;

    /// <summary>Runs everything that is due now.</summary>
    public void Run()
    {
        do Loop.Turn();
        while (_waiter.Until <= Now);
    }

    /// <summary>Steps the clock from deadline to deadline until the time has passed.</summary>
    public void Advance(TimeSpan time)
    {
        long target = Now + time.Ticks;
        Run();
        while (_waiter.Until <= target)
        {
            Time.Advance(TimeSpan.FromTicks(Math.Max(0, _waiter.Until - Now)));
            Run();
        }

        Time.Advance(TimeSpan.FromTicks(target - Now));
        Run();
    }

    public void AdvanceMilliseconds(double milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));
}
