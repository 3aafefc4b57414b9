namespace Protocols.Dtls;

/// <summary>What one session has for the worker, in order. Filled by its loop, emptied by the worker.</summary>
internal sealed class DtlsJobs
{
    /// <summary>A fragmented flight and its repetition.</summary>
    public const int MaxWaiting = 32;

    private readonly Lock _lock = new();
    private Queue<DtlsJob>? _jobs; // none while nothing waits: most of its life a session has nothing to do here
    private bool _isQueued;

    public int Count
    {
        get
        {
            lock (_lock) return _jobs?.Count ?? 0;
        }
    }

    /// <summary>Whether the session must be put in the worker's line: it isn't there yet.</summary>
    public bool Add(in DtlsJob job)
    {
        lock (_lock)
        {
            (_jobs ??= new Queue<DtlsJob>()).Enqueue(job);
            if (_isQueued) return false;
            return _isQueued = true;
        }
    }

    public DtlsJob Next()
    {
        lock (_lock) return _jobs!.Dequeue();
    }

    /// <summary>The job is done; whether the session has to go to the end of the line for another.</summary>
    public bool Done()
    {
        lock (_lock)
        {
            if (_jobs!.Count > 0) return true;
            _jobs = null;
            return _isQueued = false;
        }
    }
}

internal enum DtlsJobKind
{
    Start,
    Receive,
    Advance,
    Close,
    Dispose,
}

internal readonly record struct DtlsJob(
    OffloadedDtlsTransport Transport, DtlsJobKind Kind, long Now = 0, Media.Buffers.PooledBuffer? Datagram = null);
