namespace Media.FFmpeg;

/// <summary>How many video transcodes may run at once: each takes a good part of a core. Any thread.</summary>
public sealed class TranscodeLimiter
{
    private int _running;

    /// <param name="limit">0 forbids all.</param>
    public TranscodeLimiter(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Limit = limit;
    }

    /// <summary>One for each core.</summary>
    public static int DefaultLimit => Environment.ProcessorCount;

    public int Limit { get; }

    public int Running => Volatile.Read(ref _running);

    /// <summary>A place, to be disposed when the transcode ends; null where all are taken.</summary>
    public TranscodeLease? TryAcquire()
    {
        if (Interlocked.Increment(ref _running) <= Limit) return new TranscodeLease(this);
        Interlocked.Decrement(ref _running);
        return null;
    }

    internal void Release() => Interlocked.Decrement(ref _running);
}

/// <summary>One place among the transcodes that may run. Disposing it twice is harmless.</summary>
public sealed class TranscodeLease : IDisposable
{
    private TranscodeLimiter? _limiter;

    internal TranscodeLease(TranscodeLimiter limiter) => _limiter = limiter;

    public void Dispose() => Interlocked.Exchange(ref _limiter, null)?.Release();
}
