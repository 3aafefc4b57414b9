namespace Media.Scheduling;

/// <summary>One deadline on a <see cref="MediaLoop"/>. Made by the loop; touched on its thread only.</summary>
public sealed class LoopTimer
{
    private readonly MediaLoop _loop;
    private readonly Action<long> _callback;

    internal LoopTimer(MediaLoop loop, Action<long> callback)
    {
        _loop = loop;
        _callback = callback;
    }

    /// <summary>The monotonic time at which it fires next, or <see cref="long.MaxValue"/>.</summary>
    public long Deadline { get; private set; } = long.MaxValue;

    public bool IsSet => Deadline != long.MaxValue;

    /// <summary>(Re)arms it for the monotonic time <paramref name="deadline"/>.</summary>
    public void Set(long deadline)
    {
        if (deadline == Deadline) return;
        Deadline = deadline;
        _loop.Enqueue(this, deadline);
    }

    public void Cancel() => Deadline = long.MaxValue;

    internal void Fire(long now)
    {
        Deadline = long.MaxValue;
        _callback(now);
    }
}
