using Media.Buffers;
using Media.Scheduling;
using Protocols.Sdp;
using Protocols.Srtp;

namespace Protocols.Dtls;

/// <summary>
/// A <see cref="DtlsTransport"/> that is touched by a worker's thread only. Calls become jobs, what they bring about is
/// posted to the session's loop and told to its listener there.
/// </summary>
internal sealed class OffloadedDtlsTransport : IDtlsTransport
{
    private readonly DtlsWorker _worker;
    private readonly MediaLoop _loop;
    private readonly IDtlsListener _listener;
    private readonly DtlsTransport _inner;
    private readonly Results _collecting; // worker's thread
    private bool _disposed;               // loop's thread
    private bool _advancing;              // loop's thread
    private readonly DtlsJobs _jobs = new();
    private DtlsAllowance _allowance;     // loop's thread

    public OffloadedDtlsTransport(
        DtlsOffload offload, DtlsContext context, DtlsRole role, Fingerprint peer, IDtlsListener listener)
    {
        _worker = offload.Worker;
        _loop = offload.Loop;
        _listener = listener;
        _collecting = new Results();
        _inner = new DtlsTransport(context, role, peer, _collecting);
    }

    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>Datagrams beyond what a handshake needs.</summary>
    internal long Refused { get; private set; }

    public void Start(long now) => _worker.TryPost(_jobs, new DtlsJob(this, DtlsJobKind.Start, now));

    public void Receive(ReadOnlySpan<byte> datagram, long now)
    {
        if (_disposed || !DtlsRecord.TryParse(datagram, out _)) return;
        if (!_allowance.TryTake(now))
        {
            Refused++;
            return;
        }

        PooledBuffer copy = BufferPool.Shared.RentCopy(datagram);
        if (!_worker.TryPost(_jobs, new DtlsJob(this, DtlsJobKind.Receive, now, copy))) copy.Dispose();
    }

    public void Advance(long now)
    {
        if (_disposed || _advancing || now < NextDeadline) return;
        NextDeadline = long.MaxValue; // until the worker says
        _advancing = _worker.TryPost(_jobs, new DtlsJob(this, DtlsJobKind.Advance, now));
    }

    public void Close()
    {
        if (!_disposed) _worker.TryPost(_jobs, new DtlsJob(this, DtlsJobKind.Close));
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        NextDeadline = long.MaxValue;
        _worker.TryPost(_jobs, new DtlsJob(this, DtlsJobKind.Dispose)); // refused only while the process ends
    }

    /// <summary>Worker's thread.</summary>
    internal void Execute(in DtlsJob job)
    {
        switch (job.Kind)
        {
            case DtlsJobKind.Start:
                _inner.Start(job.Now);
                break;
            case DtlsJobKind.Receive:
                _inner.Receive(job.Datagram!.Span, job.Now);
                job.Datagram.Dispose();
                break;
            case DtlsJobKind.Advance:
                _inner.Advance(job.Now);
                break;
            case DtlsJobKind.Close:
                _inner.Close();
                break;
            default:
                _inner.Dispose();
                return;
        }

        Batch batch = _collecting.Take(_inner.NextDeadline);
        _loop.Post(() => Apply(batch));
    }

    private void Apply(Batch batch)
    {
        foreach (PooledBuffer datagram in batch.Datagrams)
        {
            _listener.OnDtlsDatagram(datagram.Span); // also after disposal: the goodbye
            datagram.Dispose();
        }

        if (_disposed) return;
        _advancing = false;
        NextDeadline = batch.NextDeadline;
        if (batch.Keys != null) _listener.OnDtlsConnected(batch.Keys, _loop.Now);
        if (batch.Closed is { } reason) _listener.OnDtlsClosed(reason, batch.Detail);
        _listener.OnDtlsDeadlineChanged();
    }

    private sealed class Results : IDtlsListener
    {
        private List<PooledBuffer> _datagrams = [];
        private SrtpKeyMaterial? _keys;
        private DtlsCloseReason? _closed;
        private string? _detail;

        public void OnDtlsDatagram(ReadOnlySpan<byte> datagram) => _datagrams.Add(BufferPool.Shared.RentCopy(datagram));

        public void OnDtlsConnected(SrtpKeyMaterial keys, long now) => _keys = keys;

        public void OnDtlsClosed(DtlsCloseReason reason, string? detail) => (_closed, _detail) = (reason, detail);

        public void OnDtlsDeadlineChanged()
        {
        }

        public Batch Take(long nextDeadline)
        {
            var batch = new Batch(_datagrams, _keys, _closed, _detail, nextDeadline);
            (_datagrams, _keys, _closed, _detail) = ([], null, null, null);
            return batch;
        }
    }

    private sealed record Batch(
        List<PooledBuffer> Datagrams, SrtpKeyMaterial? Keys, DtlsCloseReason? Closed, string? Detail, long NextDeadline);
}
