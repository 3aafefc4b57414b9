using System.Collections.Concurrent;

namespace Protocols.Dtls;

/// <summary>
/// The thread that computes DTLS handshakes, a millisecond each, so that many joining viewers don't hold up the media
/// of those who are there. Each session with something to do gets one job in turn, so that none waits for another's
/// pile. <see cref="Run"/> is its body; the host makes the thread.
/// </summary>
public sealed class DtlsWorker(Action<Exception> onFault) : IDisposable
{
    /// <summary>Datagrams that may wait, of all sessions. What comes on top is lost, and its sender repeats it.</summary>
    internal const int MaxWaiting = 4096;

    private readonly BlockingCollection<DtlsJobs> _ready = [];
    private int _waiting;
    private long _dropped;

    /// <summary>Datagrams that found the queue full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Works until <see cref="Stop"/>.</summary>
    public void Run()
    {
        foreach (DtlsJobs jobs in _ready.GetConsumingEnumerable()) RunNext(jobs);
    }

    public void Stop() => _ready.CompleteAdding();

    public void Dispose() => _ready.Dispose();

    /// <summary>Queues a job of a session; a datagram is refused where too many wait. The session's loop.</summary>
    internal bool TryPost(DtlsJobs jobs, in DtlsJob job)
    {
        if (job.Datagram != null)
        {
            if (Volatile.Read(ref _waiting) >= MaxWaiting || jobs.Count >= DtlsJobs.MaxWaiting)
            {
                Interlocked.Increment(ref _dropped);
                return false;
            }

            Interlocked.Increment(ref _waiting);
        }

        return !jobs.Add(job) || TryQueue(jobs);
    }

    /// <summary>Does one waiting job; for tests, which have no thread for it.</summary>
    internal bool RunOnce()
    {
        if (!_ready.TryTake(out DtlsJobs? jobs)) return false;
        RunNext(jobs);
        return true;
    }

    private void RunNext(DtlsJobs jobs)
    {
        DtlsJob job = jobs.Next();
        if (job.Datagram != null) Interlocked.Decrement(ref _waiting);
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

        if (jobs.Done()) TryQueue(jobs);
    }

    private bool TryQueue(DtlsJobs jobs)
    {
        try
        {
            return _ready.TryAdd(jobs);
        }
        catch (InvalidOperationException)
        {
            return false; // stopped: the process ends
        }
    }
}
