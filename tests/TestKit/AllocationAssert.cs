using Xunit;

namespace TestKit;

/// <summary>
/// That something allocates nothing in steady state. What allocates does so in every round; the runtime itself (tiered
/// compilation, generic dictionaries) only in some: so one round without is proof enough.
/// </summary>
public static class AllocationAssert
{
    private const int Rounds = 5;

    /// <param name="round">Does the thing often enough that a single allocation would show.</param>
    public static void None(Action round)
    {
        round();
        long least = long.MaxValue;
        for (int i = 0; i < Rounds && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(least == 0, $"At least {least} bytes were allocated in each of {Rounds} rounds.");
    }
}
