namespace Media.FFmpeg;

/// <summary>One place among the transcodes that may run. Disposing it twice is harmless.</summary>
public sealed class TranscodeLease : IDisposable
{
    private readonly TranscodeLimiter _limiter;
    private volatile bool _isIdle;

    internal TranscodeLease(TranscodeLimiter limiter) => _limiter = limiter;

    /// <summary>The place went to another transcode while this one was idle: it must end. Raised on any thread.</summary>
    public event Action? Withdrawn;

    /// <summary>Nobody takes the transcode now: its place may be given away.</summary>
    public bool IsIdle
    {
        get => _isIdle;
        set => _isIdle = value;
    }

    public void Dispose() => _limiter.Release(this);

    internal void Withdraw() => Withdrawn?.Invoke();
}
