using Media.Scheduling;
using Microsoft.Extensions.Time.Testing;

namespace TestKit;

/// <summary>A media loop on a stepped clock, turned by the test's own thread.</summary>
public sealed class TestLoop
{
    private readonly ManualWaiter _waiter = new();

    /// <param name="time">Shared with other loops; null = its own.</param>
    public TestLoop(int index = 0, FakeTimeProvider? time = null)
    {
        Time = time ?? new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Clock = new MonotonicClock(Time);
        Loop = new MediaLoop(index, Clock, _waiter, fault => throw new InvalidOperationException("Fault on the loop", fault));
        Run();
    }

    public FakeTimeProvider Time { get; }

    public MonotonicClock Clock { get; }

    public MediaLoop Loop { get; }

    public long Now => Clock.Now;

    /// <summary>When the loop wants to be run next.</summary>
    public long Until => _waiter.Until;

    /// <summary>Something was posted since it ran last.</summary>
    public bool HasNews => _waiter.IsWoken;

    /// <summary>Runs everything that is due now.</summary>
    public void Run()
    {
        do
        {
            _waiter.IsWoken = false;
            Loop.Turn();
        }
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
