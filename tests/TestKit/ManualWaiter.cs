using Media.Scheduling;

namespace TestKit;

/// <summary>Never blocks: remembers until when the loop would have slept.</summary>
public sealed class ManualWaiter : IWaiter
{
    public long Until { get; private set; } = long.MaxValue;

    public int Flushes { get; private set; }

    public void Wait(long until) => Until = until;

    /// <summary>Something was posted since this was last set to false.</summary>
    public bool IsWoken { get; set; }

    public void Wake() => IsWoken = true;

    public void Flush() => Flushes++;

    public void Dispose()
    {
    }
}
