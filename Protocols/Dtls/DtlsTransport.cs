using Media.Scheduling;
using Protocols.Sdp;
using Protocols.Srtp;

namespace Protocols.Dtls;

/// <summary>
/// DTLS 1.2 for SRTP keys (RFC 6347, RFC 5764): splits datagrams into records, runs the handshake, retransmits flights,
/// closes. Sans-IO; touched by one thread at a time.
/// </summary>
internal sealed class DtlsTransport : IDtlsTransport
{
    /// <summary>RFC 6347 §4.2.4.1 asks for 1 s; a path that ICE has just measured is faster, browsers start with 50 ms.</summary>
    internal const long FirstRetransmission = 60 * MonotonicClock.TicksPerMillisecond;
    private const long SlowestRetransmission = 2 * MonotonicClock.TicksPerSecond;
    private const long HandshakeTimeout = 30 * MonotonicClock.TicksPerSecond;

    /// <summary>Retransmitted messages come several to a datagram or burst; one answer is enough.</summary>
    private const long FinalFlightInterval = 20 * MonotonicClock.TicksPerMillisecond;

    private readonly DtlsEngine _engine;
    private readonly DtlsRole _role;
    private readonly DtlsOptions _options;
    private readonly IDtlsListener _listener;
    private readonly DtlsFlight _flight = new();
    private long _handshakeEnd = long.MaxValue;
    private long _nextRetransmission = long.MaxValue;
    private long _retransmissionDelay = FirstRetransmission;
    private long _lastFinalFlight = long.MinValue;

    public DtlsTransport(
        DtlsContext context, DtlsRole role, Fingerprint peer, IDtlsListener listener, DtlsOptions? options = null)
    {
        _options = options ?? DtlsOptions.Default;
        _engine = new DtlsEngine(context, role, peer, _options);
        _role = role;
        _listener = listener;
    }

    public DtlsState State { get; private set; }

    public long NextDeadline => State == DtlsState.Handshaking ? Math.Min(_handshakeEnd, _nextRetransmission) : long.MaxValue;

    public void Start(long now)
    {
        if (State == DtlsState.Closed) return;
        _handshakeEnd = now + HandshakeTimeout;
        if (_role == DtlsRole.Client) StepHandshake(now);
    }

    public void Receive(ReadOnlySpan<byte> datagram, long now)
    {
        // One record at a time: given a whole datagram, OpenSSL drops what follows a stale record in it.
        while (State != DtlsState.Closed && DtlsRecord.TryParse(datagram, out DtlsRecord record))
        {
            datagram = datagram[record.Bytes.Length..];
            if (State == DtlsState.Connected)
                ReceiveConnected(record, now);
            else
            {
                _engine.Write(record.Bytes);
                StepHandshake(now);
            }
        }
    }

    public void Advance(long now)
    {
        if (State != DtlsState.Handshaking) return;
        if (now >= _handshakeEnd)
        {
            Finish(DtlsCloseReason.HandshakeTimeout, null);
            return;
        }

        if (now < _nextRetransmission) return;
        _flight.Send(_options.Mtu, _listener);
        _retransmissionDelay = Math.Min(2 * _retransmissionDelay, SlowestRetransmission);
        _nextRetransmission = now + _retransmissionDelay;
    }

    public void Close()
    {
        if (State == DtlsState.Closed) return;
        if (State == DtlsState.Connected) SendCloseNotify();
        Finish(DtlsCloseReason.Local, null);
    }

    public void Dispose()
    {
        State = DtlsState.Closed;
        _engine.Dispose();
    }

    private void StepHandshake(long now)
    {
        DtlsOutcome outcome = _engine.Handshake();
        SendNewFlight(now);
        switch (outcome)
        {
            case DtlsOutcome.Done:
                FinishHandshake(now);
                break;
            case DtlsOutcome.CloseNotified:
                Finish(DtlsCloseReason.PeerClosed, null);
                break;
            case DtlsOutcome.Failed:
                FinishFailed();
                break;
        }
    }

    private void SendNewFlight(long now)
    {
        if (!_engine.TakeOutput(_flight)) return;
        _flight.Send(_options.Mtu, _listener);
        _retransmissionDelay = FirstRetransmission;
        _nextRetransmission = now + _retransmissionDelay;
        _lastFinalFlight = now;
    }

    private void FinishHandshake(long now)
    {
        SrtpKeyMaterial? keys = _engine.ExportKeys(_role);
        if (keys == null)
        {
            SendCloseNotify();
            Finish(DtlsCloseReason.NoSrtpProfile, null);
            return;
        }

        State = DtlsState.Connected;
        _nextRetransmission = long.MaxValue;
        _listener.OnDtlsConnected(keys, now);
    }

    private void ReceiveConnected(in DtlsRecord record, long now)
    {
        switch (record.ContentType)
        {
            case DtlsRecord.Handshake or DtlsRecord.ChangeCipherSpec:
                // The peer repeats its last flight because it lacks ours: the one who sent last has no timer.
                if (_role != DtlsRole.Server || now - _lastFinalFlight < FinalFlightInterval) return;
                _lastFinalFlight = now;
                _flight.Send(_options.Mtu, _listener);
                return;
            default:
                _engine.Write(record.Bytes);
                ReadConnected();
                return;
        }
    }

    private void ReadConnected()
    {
        switch (_engine.Read())
        {
            case DtlsOutcome.CloseNotified:
                SendCloseNotify();
                Finish(DtlsCloseReason.PeerClosed, null);
                break;
            case DtlsOutcome.Failed:
                FinishFailed();
                break;
        }
    }

    private void FinishFailed()
    {
        int reason = OpenSsl.ReasonOf(_engine.LastError);
        bool isAlert = reason is >= OpenSsl.SSL_AD_REASON_OFFSET and < OpenSsl.SSL_AD_REASON_OFFSET + 256;
        DtlsCloseReason closed = _engine.HasWrongFingerprint ? DtlsCloseReason.FingerprintMismatch
            : isAlert ? DtlsCloseReason.PeerAlert
            : DtlsCloseReason.HandshakeFailed;
        Finish(closed, OpenSsl.Describe(_engine.LastError));
    }

    private void SendCloseNotify()
    {
        _engine.Shutdown();
        if (_engine.TakeOutput(_flight)) _flight.Send(_options.Mtu, _listener);
    }

    private void Finish(DtlsCloseReason reason, string? detail)
    {
        State = DtlsState.Closed;
        _listener.OnDtlsClosed(reason, detail);
    }
}
