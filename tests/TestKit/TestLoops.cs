using System.Globalization;
using Media.Scheduling;
using Microsoft.Extensions.Time.Testing;

namespace TestKit;

/// <summary>Several media loops on one stepped clock, turned one after the other by the test's own thread.</summary>
public sealed class TestLoops
{
    private readonly TestLoop[] _loops;

    public TestLoops(int count)
    {
        var first = new TestLoop();
        _loops = [first, .. Enumerable.Range(1, count - 1).Select(index => new TestLoop(index, first.Time))];
    }

    /// <summary>How many loops a test uses that is to pass with any number: set by GATEWAY_TEST_LOOPS.</summary>
    public static int UsualCount { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("GATEWAY_TEST_LOOPS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 1;

    public TestLoop First => _loops[0];

    public MediaLoop this[int index] => _loops[index].Loop;

    public IReadOnlyList<MediaLoop> All => [.. _loops.Select(loop => loop.Loop)];

    public FakeTimeProvider Time => _loops[0].Time;

    public long Now => _loops[0].Now;

    /// <summary>Only this loop goes on: the others are behind.</summary>
    public void Run(int index) => _loops[index].Run();

    /// <summary>Runs everything that is due now, on all of them, until none has news for another.</summary>
    public void Run()
    {
        foreach (TestLoop loop in _loops) loop.Run();
        while (Array.Exists(_loops, loop => loop.HasNews))
            foreach (TestLoop loop in _loops) loop.Run();
    }

    /// <summary>Steps the clock from deadline to deadline until the time has passed.</summary>
    public void Advance(TimeSpan time)
    {
        long target = Now + time.Ticks;
        Run();
        while (_loops.Min(loop => loop.Until) is var next && next <= target)
        {
            Time.Advance(TimeSpan.FromTicks(Math.Max(0, next - Now)));
            Run();
        }

        Time.Advance(TimeSpan.FromTicks(target - Now));
        Run();
    }

    public void AdvanceMilliseconds(double milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));
}
