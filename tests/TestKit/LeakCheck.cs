using Media.Buffers;
using Xunit.Sdk;

namespace TestKit;

/// <summary>
/// Fails when a test ends with leased buffers left behind: <c>using var leaks = new LeakCheck(pool);</c> as its first
/// line. A pool of the test's own gives an exact count; the shared one only where no other test runs beside it.
/// </summary>
public sealed class LeakCheck(BufferPool pool) : IDisposable
{
    private readonly long _before = pool.Leased;

    public void Dispose()
    {
        long left = pool.Leased - _before;
        if (left != 0) throw new XunitException($"{left} leased buffer(s) were not given back.");
    }
}
