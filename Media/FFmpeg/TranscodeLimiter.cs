namespace Media.FFmpeg;

/// <summary>
/// How many video transcodes may run at once: each takes a good part of a core. One that only waits for another taker
/// gives its place to one that somebody waits for. Any thread.
/// </summary>
public sealed class TranscodeLimiter
{
    private readonly Lock _lock = new();
    private readonly List<TranscodeLease> _leases = [];

    /// <param name="limit">0 forbids all.</param>
    public TranscodeLimiter(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Limit = limit;
    }

    /// <summary>One for each core.</summary>
    public static int DefaultLimit => Environment.ProcessorCount;

    public int Limit { get; }

    public int Running
    {
        get
        {
            lock (_lock) return _leases.Count;
        }
    }

    /// <summary>A place, to be disposed when the transcode ends; null where all are taken by transcodes in use.</summary>
    public TranscodeLease? TryAcquire()
    {
        var lease = new TranscodeLease(this);
        TranscodeLease? idle = null;
        lock (_lock)
        {
            if (_leases.Count >= Limit)
            {
                idle = _leases.Find(static held => held.IsIdle);
                if (idle is null) return null;
                _leases.Remove(idle);
            }

            _leases.Add(lease);
        }

        idle?.Withdraw();
        return lease;
    }

    internal void Release(TranscodeLease lease)
    {
        lock (_lock) _leases.Remove(lease);
    }
}
