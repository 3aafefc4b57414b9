using System.Buffers;
using System.IO.Pipelines;
using Media.Buffers;
using Media.Scheduling;
using Protocols.Net;
using Route = Protocols.Net.Route;

namespace Gateway.IceTcp;

/// <summary>
/// The loop's side of one ICE-TCP connection, where it is a route like any other: what comes is cut into datagrams for
/// the session table, what is sent is framed and leaves at the end of the turn. While the peer does not take it, it waits
/// in a bounded queue that drops the oldest; nobody waits for the peer. Lives on its loop.
/// </summary>
#pragma warning disable CA1001 // Detach ends what it owns, and is sure to come
internal sealed class IceTcpStream
#pragma warning restore CA1001
{
    /// <summary>A connection that no session has validated, or whose session has ended, is kept for so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const long CheckInterval = 2 * MonotonicClock.TicksPerSecond;

    /// <summary>Checks that may fail before the connection is given up: a peer repeats them every 50 ms or slower.</summary>
    private const int MostFailedChecks = 32;

    /// <summary>Others have their turn as well.</summary>
    private const int MostPerTurn = 64;

    /// <summary>Handed to Kestrel at once; it has a bound of its own beyond which it makes us wait.</summary>
    private const int WriteLength = 32 * 1024;

    private readonly MediaLoop _loop;
    private readonly SessionTable _sessions;
    private readonly IceTcpRoutes _routes;
    private readonly Route _route;
    private readonly PipeWriter _output;
    private readonly IceTcpMetrics _metrics;
    private readonly Action<IceTcpCloseReason> _close;
    private readonly StreamSendQueue _queue = new(BufferPool.Shared);
    private readonly byte[] _pieces = new byte[DatagramFraming.MaxDatagram];
    private readonly LoopTimer _timer;
    private long _givenUpAt;
    private int _failedChecks;
    private bool _isFlushPosted;
    private bool _isAttached;

    /// <param name="close">Asks for <see cref="Detach"/>; may be called more than once.</param>
    public IceTcpStream(
        MediaLoop loop, SessionTable sessions, IceTcpRoutes routes, in Route route, PipeWriter output, IceTcpMetrics metrics,
        Action<IceTcpCloseReason> close)
    {
        (_loop, _sessions, _routes, _route, _output, _metrics, _close) = (loop, sessions, routes, route, output, metrics, close);
        _timer = loop.CreateTimer(OnTimer);
    }

    /// <summary>A session has validated the route at least once.</summary>
    public bool WasTaken { get; private set; }

    /// <summary>The peer has not taken all that Kestrel was given.</summary>
    public bool IsBlocked { get; private set; }

    public void Attach()
    {
        _isAttached = true;
        _givenUpAt = _loop.Now + Patience.Ticks;
        _routes.Add(_route, this);
        _timer.Set(_loop.Now + CheckInterval);
    }

    /// <summary>The connection is over; nothing is written to it any more.</summary>
    public void Detach()
    {
        _isAttached = false;
        _timer.Cancel();
        if (_routes.Remove(_route, this)) _sessions.Lose(_route);
        _queue.Dispose();
    }

    /// <summary>Takes whole datagrams off the data. Null, or why the connection must end.</summary>
    /// <param name="hasMore">There may be more whole ones, for the next turn.</param>
    public IceTcpCloseReason? Receive(ref ReadOnlySequence<byte> data, out bool hasMore)
    {
        hasMore = false;
        int count = 0;
        IceTcpCloseReason? fault = null;
        for (long now = _loop.Now; count < MostPerTurn && fault is null; count++)
        {
            FramingResult result = DatagramFraming.TryRead(ref data, out ReadOnlySequence<byte> datagram);
            if (result == FramingResult.Incomplete) break;
            fault = result == FramingResult.TooLong ? IceTcpCloseReason.NotFramed : Take(datagram, now);
        }

        hasMore = count == MostPerTurn;
        _metrics.Received(count);
        return fault;
    }

    /// <summary>Room for one datagram; empty for one that is too long.</summary>
    public Span<byte> Reserve(int length) => _queue.Reserve(length);

    public void Commit(int length)
    {
        if (_queue.Commit(length)) _metrics.Dropped(1);
        if (_isFlushPosted || IsBlocked) return;
        // Posted work runs in this turn, after all that the turn sends.
        _isFlushPosted = true;
        _loop.Post(static state => ((IceTcpStream)state!).Flush(), this);
    }

    private IceTcpCloseReason? Take(in ReadOnlySequence<byte> datagram, long now)
    {
        ReadOnlySpan<byte> whole = datagram.FirstSpan;
        if (!datagram.IsSingleSegment)
        {
            datagram.CopyTo(_pieces);
            whole = _pieces.AsSpan(0, (int)datagram.Length);
        }

        // Before a session has taken the connection, nothing but a check of one may come (RFC 6544 §7.2).
        if (!_sessions.Contains(_route) && (++_failedChecks > MostFailedChecks || !_sessions.IsCheckOfASession(whole)))
            return IceTcpCloseReason.NoSession;
        _sessions.OnDatagram(whole, _route, now);
        WasTaken |= _sessions.Contains(_route);
        return null;
    }

    private void Flush()
    {
        _isFlushPosted = false;
        while (_isAttached && !IsBlocked && _queue.Count > 0)
        {
            _metrics.Sent(_queue.Write(_output, WriteLength));
            ValueTask<FlushResult> flush = _output.FlushAsync();
            if (flush.IsCompletedSuccessfully)
            {
                if (flush.Result.IsCompleted) _close(IceTcpCloseReason.PeerClosed);
                continue;
            }

            IsBlocked = true;
            _ = WaitForPeerAsync(flush);
        }
    }

    private async Task WaitForPeerAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            if ((await flush.ConfigureAwait(false)).IsCompleted) _close(IceTcpCloseReason.PeerClosed);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            _close(IceTcpCloseReason.PeerClosed);
        }

        _loop.Post(static state => ((IceTcpStream)state!).GoOn(), this);
    }

    private void GoOn()
    {
        IsBlocked = false;
        Flush();
    }

    private void OnTimer(long now)
    {
        if (_sessions.Contains(_route))
        {
            _failedChecks = 0;
            _givenUpAt = now + Patience.Ticks;
        }
        else if (now >= _givenUpAt)
        {
            _close(IceTcpCloseReason.NoSession);
            return;
        }

        _timer.Set(now + CheckInterval);
    }
}
