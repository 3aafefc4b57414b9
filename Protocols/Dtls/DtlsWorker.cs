using System.Collections.Concurrent;

namespace Protocols.Dtls;

/// <summary>
/// The thread that computes DTLS handshakes, a millisecond each, so that many joining viewers don't hold up the media
/// of those who are there. <see cref="Run"/> is its body; the host makes the thread.
/// </summary>
public sealed class DtlsWorker(Action<Exception> onFault) : IDisposable
{
    /// <summary>Datagrams that may wait: a second of work. What comes on top is lost, and its sender repeats it.</summary>
    private const int MaxWaiting = 1024;

    private readonly BlockingCollection<DtlsJob> _jobs = [];
    private long _dropped;

    /// <summary>Datagrams that found the queue full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Works until <see cref="Stop"/>.</summary>
    public void Run()
    {
        foreach (DtlsJob job in _jobs.GetConsumingEnumerable()) Execute(job);
    }

    public void Stop() => _jobs.CompleteAdding();

    public void Dispose() => _jobs.Dispose();

    /// <summary>Queues a job; a datagram is refused where too many wait. Any thread.</summary>
    internal bool TryPost(in DtlsJob job)
    {
        if (job.Datagram != null && _jobs.Count >= MaxWaiting)
        {
            Interlocked.Increment(ref _dropped);
            return false;
        }

        try
        {
            return _jobs.TryAdd(job);
        }
        catch (InvalidOperationException)
        {
            return false; // stopped: the process ends
        }
    }

    /// <summary>Does one waiting job; for tests, which have no thread for it.</summary>
    internal bool RunOnce()
    {
        if (!_jobs.TryTake(out DtlsJob job)) return false;
        Execute(job);
        return true;
    }

    private void Execute(in DtlsJob job)
    {
        try
        {
            job.Transport.Execute(job);
        }
#pragma warning disable CA1031 // one session's bug must not end the worker of all others
        catch (Exception e)
#pragma warning restore CA1031
        {
            onFault(e);
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
