using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using Gateway.Authorization;
using Ingest.Rtmp;
using Media;
using Media.Buffers;
using Media.Flv;
using Media.Scheduling;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Protocols.Rtmp;
using Rooms;

namespace Gateway.Rtmp;

/// <summary>
/// Drives one <see cref="RtmpSession"/> with the bytes of one connection, and brings what it publishes into a room. All of
/// it runs in <see cref="RunAsync"/>, one step at a time; timers and removal from the room only wake it.
/// </summary>
internal sealed partial class RtmpConnection : IRtmpSessionListener, IRtmpPublisherListener, IAsyncDisposable
{
    private static readonly TimeSpan s_flushPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_lingerPatience = TimeSpan.FromMilliseconds(500);

    private readonly ConnectionContext _connection;
    private readonly RoomRegistry _registry;
    private readonly Access _access;
    private readonly MonotonicClock _clock;
    private readonly RtmpMetrics _metrics;
    private readonly ILogger _logger;
    private readonly RtmpSession _session;
    private readonly ITimer _timer;
    private RtmpPublisher? _publisher;
    private string _name = ""; // ROOM/PUBLICATION, for the log
    private long _now;
    private long _timerDue = long.MaxValue;
    private int _removed = -1; // a CloseReason once another thread wants the connection closed

    public RtmpConnection(
        ConnectionContext connection, RoomRegistry registry, Access access, MonotonicClock clock, RtmpMetrics metrics, ILogger logger)
    {
        _connection = connection;
        (_registry, _access, _clock, _metrics, _logger) = (registry, access, clock, metrics, logger);
        _now = clock.Now;
        var random = new Random(unchecked((int)_now));
        _session = new RtmpSession(new RtmpSessionOptions(), this, connection.Transport.Output, random, _now);
        _timer = clock.TimeProvider.CreateTimer(
            static state => ((RtmpConnection)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends when the connection is to be closed.</summary>
    public async Task RunAsync()
    {
        _metrics.SessionOpened();
        CancellationToken stopping =
            _connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        await using CancellationTokenRegistration registration = stopping.UnsafeRegister(
            static state => ((RtmpConnection)state!).OnRemoved(CloseReason.ShuttingDown), this);
        try
        {
            while (!_session.IsClosed) await StepAsync();
            if (_session.CloseReason != RtmpCloseReason.PeerClosed) await LingerAsync();
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or IOException or OperationCanceledException)
        {
            _session.Close(RtmpCloseReason.PeerClosed, "");
        }
        catch (TimeoutException)
        {
            _session.Close(RtmpCloseReason.PeerSilent, "");
            _connection.Abort(new ConnectionAbortedException("The peer does not read."));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        _session.Dispose();
        _metrics.SessionClosed(_session);
    }

    void IRtmpSessionListener.OnPublish(RtmpPublishRequest request)
    {
        RtmpStreamKey key = request.Key;
        var address = (_connection.RemoteEndPoint as IPEndPoint)?.Address;
        var remote = new Remote(address, Caller.IsLoopback(address));
        AccessResult access = _access.Check(Entrance.Rtmp, key.Room, Right.Publish, key.Token, remote);
        if (!access.IsGranted)
        {
            Reject(key, RtmpStatus.PublishDenied, RtmpRefusal.Describe(access.Decision, key));
            return;
        }

        var publisher = new RtmpPublisher(this, _metrics, BufferPool.Shared);
        if (publisher.Start(key, access.Owner, _registry) is { } refusal)
        {
            Reject(key, RtmpRefusal.Code(refusal), RtmpRefusal.Describe(refusal, key));
            return;
        }

        _publisher = publisher;
        _name = publisher.Publication!.ToString();
        _session.AcceptPublish(_now);
        LogPublishing(_name, request.Encoder);
    }

    void IRtmpSessionListener.OnMedia(RtmpMessageType type, uint timestamp, PooledBuffer buffer, int offset, int length) =>
        _publisher?.OnMedia(type, timestamp, _now, buffer, offset, length);

    void IRtmpSessionListener.OnMetadata(AmfValue metadata)
    {
        // What it says is in the streams' own headers as well, and truer there.
    }

    void IRtmpSessionListener.OnUnpublish()
    {
        _publisher?.Close(RtmpRefusal.ReasonFor(_session.CloseReason));
        _publisher = null;
    }

    void IRtmpSessionListener.OnClosed(RtmpCloseReason reason)
    {
        if (_name.Length > 0) LogClosed(_name, reason);
        else LogClosedEarly(reason);
    }

    /// <summary>Any thread.</summary>
    public void OnRemoved(CloseReason reason)
    {
        Interlocked.CompareExchange(ref _removed, (int)reason, -1);
        Wake();
    }

    void IRtmpPublisherListener.OnUnsupportedCodec(MediaKind kind, string codec) => LogUnsupported(_name, kind, codec);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))] // runs for each piece that arrives
    private async ValueTask StepAsync()
    {
        PipeReader input = _connection.Transport.Input;
        SetTimer(_session.NextDeadline);
        ReadResult result = await input.ReadAsync();
        _now = _clock.Now;
        ReadOnlySequence<byte> data = result.Buffer;
        SequencePosition taken = _session.Receive(data, _now);
        input.AdvanceTo(taken, data.End);
        if (Volatile.Read(ref _removed) is >= 0 and int removed) CloseFor((CloseReason)removed);
        if (result.IsCompleted) _session.Close(RtmpCloseReason.PeerClosed, "");
        _session.Advance(_now);
        await FlushAsync();
    }

    private async ValueTask FlushAsync()
    {
        PipeWriter output = _connection.Transport.Output;
        if (output.UnflushedBytes == 0) return;
        ValueTask<FlushResult> flush = output.FlushAsync();
        if (flush.IsCompletedSuccessfully) _ = flush.Result;
        else await flush.AsTask().WaitAsync(s_flushPatience, _clock.TimeProvider);
    }

    /// <summary>
    /// Reads on for a moment: a connection that is closed with unread bytes is reset, and the encoder would not see why.
    /// </summary>
    private async ValueTask LingerAsync()
    {
        long until = _clock.Now + s_lingerPatience.Ticks;
        while (_clock.Now < until)
        {
            _timerDue = long.MaxValue;
            SetTimer(until);
            ReadResult result = await _connection.Transport.Input.ReadAsync();
            _connection.Transport.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }

    private void CloseFor(CloseReason reason) =>
        _session.Close(RtmpRefusal.ReasonFor(reason), RtmpRefusal.Describe(reason));

    private void Reject(RtmpStreamKey key, string code, string description)
    {
        LogRefused(key.Room, key.Publication, description);
        _session.RejectPublish(code, description);
    }

    // A deadline mostly moves away, with each byte that comes: the timer runs off at the old one and is set anew then.
    private void SetTimer(long deadline)
    {
        long due = Volatile.Read(ref _timerDue);
        if (deadline == long.MaxValue || (due <= deadline && due > _clock.Now)) return;
        Volatile.Write(ref _timerDue, deadline);
        long ticks = Math.Max(MonotonicClock.TicksPerMillisecond, deadline - _clock.Now);
        _timer.Change(TimeSpan.FromTicks(ticks), Timeout.InfiniteTimeSpan);
    }

    // The system's timers may run off some milliseconds before their time by our clock: by that clock alone it would
    // look as if the timer were still running, and nobody would set it again for a peer that has gone silent.
    private void OnTimer()
    {
        Volatile.Write(ref _timerDue, long.MaxValue);
        Wake();
    }

    private void Wake() => _connection.Transport.Input.CancelPendingRead();

    [LoggerMessage(EventId = 1301, Level = LogLevel.Information, Message = "{Publication}: RTMP publisher ({Encoder})")]
    private partial void LogPublishing(string publication, string encoder);

    [LoggerMessage(EventId = 1302, Level = LogLevel.Information, Message = "{Publication}: RTMP connection closed: {Reason}")]
    private partial void LogClosed(string publication, RtmpCloseReason reason);

    [LoggerMessage(EventId = 1303, Level = LogLevel.Information, Message = "RTMP connection closed before it published: {Reason}")]
    private partial void LogClosedEarly(RtmpCloseReason reason);

    [LoggerMessage(EventId = 1304, Level = LogLevel.Warning, Message = "{Room}/{Name}: RTMP publisher refused: {Description}")]
    private partial void LogRefused(string room, string name, string description);

    [LoggerMessage(EventId = 1305, Level = LogLevel.Warning, Message = "{Publication}: {Kind} left out: unsupported codec {Codec}")]
    private partial void LogUnsupported(string publication, MediaKind kind, string codec);
}
