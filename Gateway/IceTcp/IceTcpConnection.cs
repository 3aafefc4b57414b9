using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Gateway.Hosting;
using Media.Scheduling;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Protocols.Net;
using Route = Protocols.Net.Route;

namespace Gateway.IceTcp;

/// <summary>
/// Kestrel's side of one ICE-TCP connection (RFC 6544): waits for bytes and lends them to the loop of the session that
/// the first check names. It reads on only when the loop has taken them, so a peer that sends too fast waits by itself.
/// </summary>
internal sealed class IceTcpConnection : IValueTaskSource
{
    /// <summary>The first check must be whole within this time.</summary>
    public static readonly TimeSpan FirstMessagePatience = TimeSpan.FromSeconds(5);

    private const int NotClosing = -1;

    private readonly ConnectionContext _connection;
    private readonly MediaNetwork _network;
    private readonly IReadOnlyList<MediaLoop> _loops;
    private readonly IceTcpMetrics _metrics;
    private readonly Action _onTaken;
    private readonly Route _route;
    private ManualResetValueTaskSourceCore<bool> _turn = new() { RunContinuationsAsynchronously = true };
    private ReadOnlySequence<byte> _data;
    private MediaLoop? _loop;
    private IceTcpStream? _stream;
    private bool _hasMore;
    private int _closing = NotClosing; // the first IceTcpCloseReason

    /// <param name="onTaken">A session has taken the connection. Called once at most.</param>
    public IceTcpConnection(
        ConnectionContext connection, in Route route, MediaNetwork network, IReadOnlyList<MediaLoop> loops, IceTcpMetrics metrics, Action onTaken)
    {
        (_connection, _route, _network, _loops, _metrics, _onTaken) = (connection, route, network, loops, metrics, onTaken);
    }

    private PipeReader Input => _connection.Transport.Input;

    /// <summary>Ends when the connection is to be closed, with the reason.</summary>
    public async Task<IceTcpCloseReason> RunAsync(TimeProvider time)
    {
        CancellationToken stopping = _connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        await using CancellationTokenRegistration registration = stopping.UnsafeRegister(
            static state => ((IceTcpConnection)state!).Close(IceTcpCloseReason.ShuttingDown), this);
        try
        {
            if (await TryFindLoopAsync(time)) await ServeAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Close(IceTcpCloseReason.PeerClosed);
        }

        return (IceTcpCloseReason)Volatile.Read(ref _closing);
    }

    void IValueTaskSource.GetResult(short token) => _turn.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _turn.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _turn.OnCompleted(continuation, state, token, flags);

    /// <summary>Any thread.</summary>
    private void Close(IceTcpCloseReason reason)
    {
        Interlocked.CompareExchange(ref _closing, (int)reason, NotClosing);
        Input.CancelPendingRead();
    }

    /// <summary>Looks at the first message without taking it: it names the session, whose loop takes all.</summary>
    private async ValueTask<bool> TryFindLoopAsync(TimeProvider time)
    {
        using var patience = new CancellationTokenSource(FirstMessagePatience, time);
        await using CancellationTokenRegistration registration = patience.Token.UnsafeRegister(
            static state => ((IceTcpConnection)state!).Close(IceTcpCloseReason.Silent), this);
        while (true)
        {
            ReadResult result = await Input.ReadAsync();
            FramingResult first = LookAtFirst(result.Buffer, out int loop);
            bool isIncomplete = first == FramingResult.Incomplete;
            Input.AdvanceTo(result.Buffer.Start, isIncomplete ? result.Buffer.End : result.Buffer.Start);
            if (first == FramingResult.TooLong) Close(IceTcpCloseReason.NotFramed);
            else if (isIncomplete && result.IsCompleted) Close(IceTcpCloseReason.PeerClosed);
            else if (!isIncomplete && (loop < 0 || loop >= _loops.Count)) Close(IceTcpCloseReason.NoSession);
            if (Volatile.Read(ref _closing) != NotClosing) return false;
            if (isIncomplete) continue;
            _loop = _loops[loop];
            _stream = new IceTcpStream(
                _loop, _network.Tables[loop], _network.TcpRoutes[loop], _route, _connection.Transport.Output, _metrics, Close);
            return true;
        }
    }

    private static FramingResult LookAtFirst(ReadOnlySequence<byte> data, out int loop)
    {
        loop = -1;
        FramingResult result = DatagramFraming.TryRead(ref data, out ReadOnlySequence<byte> datagram);
        if (result != FramingResult.Datagram) return result;
        Span<byte> whole = stackalloc byte[DatagramFraming.MaxDatagram];
        datagram.CopyTo(whole);
        if (!SessionTable.TryReadLoop(whole[..(int)datagram.Length], out loop)) loop = -1;
        return result;
    }

    private async ValueTask ServeAsync()
    {
        await _loop!.InvokeAsync(_stream!.Attach);
        try
        {
            bool wasTaken = false;
            while (Volatile.Read(ref _closing) == NotClosing)
            {
                await StepAsync();
                if (wasTaken || !_stream.WasTaken) continue;
                wasTaken = true;
                _onTaken();
            }
        }
        finally
        {
            bool isBlocked = await _loop.InvokeAsync(() =>
            {
                _stream.Detach();
                return _stream.IsBlocked;
            });
            // Else the rest, a goodbye perhaps, would be waited for until the peer takes it.
            if (isBlocked) _connection.Abort(new ConnectionAbortedException("The peer does not read."));
        }
    }

    private async ValueTask StepAsync()
    {
        ReadResult result = await Input.ReadAsync();
        _data = result.Buffer;
        _hasMore = false;
        if (!_data.IsEmpty)
        {
            _turn.Reset();
            _loop!.Post(static state => ((IceTcpConnection)state!).TakeTurn(), this);
            await new ValueTask(this, _turn.Version);
        }

        Input.AdvanceTo(_data.Start, _hasMore ? _data.Start : result.Buffer.End);
        if (result.IsCompleted && !_hasMore) Close(IceTcpCloseReason.PeerClosed);
    }

    /// <summary>On the loop: what was read is lent until this ends.</summary>
    private void TakeTurn()
    {
        try
        {
            if (_stream!.Receive(ref _data, out _hasMore) is { } reason) Close(reason);
            _turn.SetResult(true);
        }
#pragma warning disable CA1031 // a bug, whatever it is, ends this connection, and Kestrel logs it
        catch (Exception e)
#pragma warning restore CA1031
        {
            _turn.SetException(e);
        }
    }
}
