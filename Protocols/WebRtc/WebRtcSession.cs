using Media.Buffers;
using Media.Rtp;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Srtp;

namespace Protocols.WebRtc;

/// <summary>
/// The sans-IO WebRTC peer: tells apart what arrives (RFC 7983) and joins ICE-lite, DTLS and SRTP. It only wires; each
/// of them is a collaborator. Lives on one loop; all times are ticks of that loop's clock.
/// </summary>
public sealed class WebRtcSession : IDisposable
{
    /// <summary>The largest plain RTP packet; with any SRTP trailer the datagram stays within 1200 bytes.</summary>
    public const int MaxRtpLength = 1200 - SrtpProfileSizes.MaxRtpOverhead;

    /// <summary>
    /// The largest of a publisher's packets that is passed on: what it cut can't be cut again. With any trailer it fits an
    /// Ethernet frame over IPv6.
    /// </summary>
    public const int MaxForwardedRtpLength = 1452 - SrtpProfileSizes.MaxRtpOverhead;

    /// <summary>The same of an RTCP compound.</summary>
    public const int MaxRtcpLength = 1200 - SrtpProfileSizes.MaxRtcpOverhead;

    private const int MaxDatagramLength = 2048;

    /// <summary>
    /// Less than lies between two reports on media that comes, 50 ms and more: the one that is under way when a NAT forgets
    /// is a viewer's last for a second, since nothing reaches it any more.
    /// </summary>
    private const long SilentBeforeMoving = 20 * MonotonicClock.TicksPerMillisecond;

    private readonly IDatagramSender _sender;
    private readonly BufferPool _pool;
    private readonly IWebRtcSessionListener _listener;
    private readonly IceLiteAgent _ice;
    private readonly IDtlsTransport _dtls;
    private readonly byte[] _outgoing = new byte[MaxForwardedRtpLength];
    private SrtpContext? _srtpSender;
    private SrtpContext? _srtpReceiver;
    private Route _dtlsRoute;
    private bool _hasDtlsRoute;
    private bool _dtlsStarted;
    private long _now;
    private long _announcedDeadline = long.MaxValue;
    private int _transportSequenceNumber;
    private bool _numbered;
    private long _lastFromPeer;
    private bool _isFollowing;
    private Route _followed;

    public WebRtcSession(WebRtcSessionOptions options, IDatagramSender sender, IWebRtcSessionListener listener, long now)
    {
        ArgumentNullException.ThrowIfNull(options);
        _sender = sender;
        _pool = options.Pool ?? BufferPool.Shared;
        _listener = listener;
        _now = now;
        var events = new Events(this);
        _ice = new IceLiteAgent(options.Credentials, events, now, options.Refusals);
        _dtls = options.Offload is { } offload
            ? new OffloadedDtlsTransport(offload, options.Dtls, options.DtlsRole, options.PeerFingerprint, events)
            : new DtlsTransport(options.Dtls, options.DtlsRole, options.PeerFingerprint, events);
        _dtlsStarted = options.DtlsRole == DtlsRole.Server;
        if (_dtlsStarted) _dtls.Start(now);
    }

    public WebRtcState State { get; private set; }

    public WebRtcCounters Counters { get; } = new();

    public IceCredentials LocalCredentials => _ice.LocalCredentials;

    /// <summary>None until connected.</summary>
    public SrtpProfile SrtpProfile => _srtpSender?.Profile ?? SrtpProfile.None;

    public bool CanSend => _srtpSender != null && State is WebRtcState.Connected or WebRtcState.Disconnected;

    /// <summary>What left with a transport-wide number; null before the first.</summary>
    public SentPacketHistory? Sent { get; private set; }

    /// <summary>When <see cref="Advance"/> has something to do; <see cref="long.MaxValue"/> = never.</summary>
    public long NextDeadline => State == WebRtcState.Closed ? long.MaxValue : Math.Min(_ice.NextDeadline, _dtls.NextDeadline);

    /// <summary>The route that media takes, if there is one.</summary>
    public bool TryGetSendRoute(out Route route)
    {
        if (_ice.TryGetSelectedRoute(out route)) return true;
        // Before a nomination: the way the handshake came is known to work in both directions.
        route = _dtlsRoute;
        return _hasDtlsRoute || _ice.TryGetSendRoute(out route);
    }

    /// <summary>See <see cref="IDatagramSession.OnRouteLost"/>.</summary>
    public void OnRouteLost(in Route route)
    {
        if (_hasDtlsRoute && _dtlsRoute.Equals(route)) _hasDtlsRoute = false;
        _ice.Lose(route);
    }

    /// <summary>Takes one datagram from the endpoint; the memory is only lent.</summary>
    public void Receive(ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        if (State == WebRtcState.Closed) return;
        _now = now;
        DatagramKind kind = DatagramKinds.Of(datagram);
        if (kind == DatagramKind.Stun) ReceiveStun(datagram, route);
        else if (kind == DatagramKind.Unknown || datagram.Length > MaxDatagramLength) Counters.Malformed++;
        else if (!_ice.IsValidated(route)) Counters.UnknownRoute++;
        else if (kind == DatagramKind.Dtls) ReceiveDtls(datagram, route);
        else ReceiveMedia(datagram, kind == DatagramKind.Rtcp);
        AnnounceDeadline();
    }

    /// <summary>
    /// Takes media from a route without a check if it is the peer's by its protection and nothing came from the peer for
    /// a moment: see <see cref="IDatagramSession.TryFollow"/>. Each packet counts once (replay protection).
    /// </summary>
    public bool TryFollow(ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        DatagramKind kind = DatagramKinds.Of(datagram);
        if (State == WebRtcState.Closed || _srtpReceiver == null || now - _lastFromPeer < SilentBeforeMoving) return false;
        if (kind is not (DatagramKind.Rtp or DatagramKind.Rtcp) || datagram.Length > MaxDatagramLength) return false;
        _now = now;
        _isFollowing = true;
        _followed = route;
        ReceiveMedia(datagram, kind == DatagramKind.Rtcp);
        bool isPeer = !_isFollowing;
        _isFollowing = false;
        AnnounceDeadline();
        return isPeer;
    }

    /// <summary>Does what is due.</summary>
    public void Advance(long now)
    {
        if (State == WebRtcState.Closed) return;
        _now = now;
        _announcedDeadline = long.MaxValue;
        _ice.Advance(now);
        if (State != WebRtcState.Closed) _dtls.Advance(now);
        AnnounceDeadline();
    }

    /// <summary>
    /// Room for a plain RTP packet with header and extensions, to be given out by <see cref="CommitRtp"/>; empty where
    /// nothing can be sent. At most <see cref="MaxRtpLength"/> bytes.
    /// </summary>
    public Span<byte> ReserveRtp(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxRtpLength);
        return CanSend ? _outgoing.AsSpan(0, length) : default;
    }

    /// <summary>
    /// The same for a packet that may be somebody else's: up to <see cref="MaxForwardedRtpLength"/> bytes, and empty for
    /// larger ones.
    /// </summary>
    public Span<byte> ReserveForwardedRtp(int length) =>
        CanSend && length <= MaxForwardedRtpLength ? _outgoing.AsSpan(0, length) : default;

    /// <summary>The number for the transport-wide congestion control extension of the packet that is being made.</summary>
    public ushort NextTransportSequenceNumber()
    {
        _numbered = true;
        return (ushort)_transportSequenceNumber++;
    }

    /// <summary>Protects the packet in the reserved room and sends it.</summary>
    public bool CommitRtp(int length, long now)
    {
        bool numbered = _numbered;
        _numbered = false;
        if (!CanSend || !TryGetSendRoute(out Route route)) return false;
        Span<byte> room = _sender.Reserve(route, length + _srtpSender!.RtpOverhead);
        int written = 0;
        bool sent = !room.IsEmpty && _srtpSender.Protect(_outgoing.AsSpan(0, length), room, _sender.Batch, out written) == SrtpResult.Ok;
        if (!room.IsEmpty) _sender.Commit(written);
        Count(sent, written);
        if (sent && numbered) (Sent ??= new SentPacketHistory()).Add((ushort)(_transportSequenceNumber - 1), now, written);
        return sent;
    }

    /// <summary>Protects an RTCP compound and sends it.</summary>
    public bool SendRtcp(ReadOnlySpan<byte> compound)
    {
        if (!CanSend || compound.Length > MaxRtcpLength || !TryGetSendRoute(out Route route)) return false;
        Span<byte> room = _sender.Reserve(route, compound.Length + _srtpSender!.RtcpOverhead);
        int written = 0;
        bool sent = !room.IsEmpty && _srtpSender.ProtectRtcp(compound, room, out written) == SrtpResult.Ok;
        if (!room.IsEmpty) _sender.Commit(written);
        Count(sent, written);
        return sent;
    }

    /// <summary>New credentials for an ICE restart; media goes on meanwhile.</summary>
    public void RestartIce(IceCredentials local) => _ice.Restart(local);

    /// <summary>Says goodbye to the peer and ends the session, without a call to the listener. Idempotent.</summary>
    public void Close()
    {
        if (State == WebRtcState.Closed) return;
        State = WebRtcState.Closed;
        _ice.Close();
        _dtls.Close();
        Release();
    }

    public void Dispose() => Close();

    private void ReceiveStun(ReadOnlySpan<byte> datagram, in Route route)
    {
        if (_ice.Receive(datagram, route, _now) != StunOutcome.Answered) Counters.RefusedChecks++;
    }

    /// <summary>A DTLS client speaks first, as soon as it knows where to.</summary>
    private void StartClient(in Route route)
    {
        if (_dtlsStarted) return;
        _dtlsStarted = true;
        _dtlsRoute = route;
        _hasDtlsRoute = true;
        _dtls.Start(_now);
    }

    private void ReceiveDtls(ReadOnlySpan<byte> datagram, in Route route)
    {
        _dtlsRoute = route;
        _hasDtlsRoute = true;
        _dtls.Receive(datagram, _now);
    }

    private void ReceiveMedia(ReadOnlySpan<byte> datagram, bool isRtcp)
    {
        if (_srtpReceiver == null) return;
        if (isRtcp) ReceiveRtcp(datagram);
        else ReceiveRtp(datagram);
    }

    /// <summary>Deciphers into a packet of its own, so that a listener can keep it as it is.</summary>
    private void ReceiveRtp(ReadOnlySpan<byte> datagram)
    {
        using PooledBuffer buffer = _pool.Rent(MaxDatagramLength);
        SrtpResult result = _srtpReceiver!.Unprotect(datagram, buffer.Span, out int length);
        if (result != SrtpResult.Ok || !RtpHeader.TryParse(buffer.Array.AsSpan(0, length), out RtpHeader header))
        {
            CountRefused(result);
            return;
        }

        OnAuthentic();
        _listener.OnRtp(new ReceivedRtp(buffer, length, header), _now);
    }

    private void ReceiveRtcp(ReadOnlySpan<byte> datagram)
    {
        Span<byte> compound = stackalloc byte[MaxDatagramLength];
        SrtpResult result = _srtpReceiver!.UnprotectRtcp(datagram, compound, out int length);
        if (result != SrtpResult.Ok)
        {
            CountRefused(result);
            return;
        }

        OnAuthentic();
        var reader = new RtcpReader(compound[..length]);
        while (State != WebRtcState.Closed && reader.TryRead(out RtcpPacket packet)) _listener.OnRtcp(packet, _now);
        if (reader.IsMalformed) Counters.Malformed++;
    }

    private void OnAuthentic()
    {
        Counters.PacketsReceived++;
        _lastFromPeer = _now;
        if (!_isFollowing) return;
        _isFollowing = false;
        _ice.Follow(_followed, _now);
    }

    private void Send(ReadOnlySpan<byte> datagram, in Route route)
    {
        Span<byte> room = _sender.Reserve(route, datagram.Length);
        if (room.IsEmpty) return;
        datagram.CopyTo(room);
        _sender.Commit(datagram.Length);
    }

    private void Count(bool sent, int length)
    {
        if (!sent)
        {
            Counters.PacketsNotSent++;
            return;
        }

        Counters.PacketsSent++;
        Counters.BytesSent += length;
    }

    private void CountRefused(SrtpResult result)
    {
        if (_isFollowing) return; // most likely somebody else's
        if (result == SrtpResult.Replayed) Counters.Replayed++;
        else if (result == SrtpResult.Malformed) Counters.Malformed++;
        else Counters.NotAuthentic++;
    }

    private void AnnounceDeadline()
    {
        long deadline = NextDeadline;
        if (deadline >= _announcedDeadline) return;
        _announcedDeadline = deadline;
        _listener.OnDeadlineChanged();
    }

    private void End(WebRtcCloseReason reason, string? detail)
    {
        if (State == WebRtcState.Closed) return;
        Close();
        _listener.OnClosed(reason, detail);
    }

    private void Release()
    {
        _dtls.Dispose();
        _srtpSender?.Dispose();
        _srtpReceiver?.Dispose();
        _srtpSender = null;
        _srtpReceiver = null;
    }

    /// <summary>Hears the collaborators, so that the session itself shows none of this.</summary>
    private sealed class Events(WebRtcSession session) : IIceListener, IDtlsListener
    {
        public void OnStunResponse(ReadOnlySpan<byte> datagram, in Route route) => session.Send(datagram, route);

        public void OnRouteValidated(in Route route)
        {
            session._listener.OnRouteValidated(route);
            session.StartClient(route);
        }

        public void OnRouteForgotten(in Route route) => session._listener.OnRouteForgotten(route);

        public void OnRouteSelected(in Route route)
        {
        }

        public void OnIceStateChanged(IceState state)
        {
            switch (state)
            {
                case IceState.Connected when session.State == WebRtcState.Disconnected:
                    session.State = WebRtcState.Connected;
                    session._listener.OnReconnected(session._now);
                    break;
                case IceState.Disconnected when session.State == WebRtcState.Connected:
                    session.State = WebRtcState.Disconnected;
                    session._listener.OnDisconnected(session._now);
                    break;
                case IceState.Closed:
                    bool was = session._srtpSender != null;
                    session.End(was ? WebRtcCloseReason.PeerGone : WebRtcCloseReason.NeverConnected, null);
                    break;
            }
        }

        public void OnDtlsDatagram(ReadOnlySpan<byte> datagram)
        {
            if (session.TryGetSendRoute(out Route route)) session.Send(datagram, route);
        }

        public void OnDtlsConnected(SrtpKeyMaterial keys, long now)
        {
            if (session.State == WebRtcState.Closed) return;
            (session._srtpSender, session._srtpReceiver) = (keys.CreateSender(), keys.CreateReceiver());
            keys.Wipe();
            session.State = WebRtcState.Connected;
            session._now = now;
            session._listener.OnConnected(now);
        }

        public void OnDtlsClosed(DtlsCloseReason reason, string? detail) => session.End(Translate(reason), detail ?? reason.ToString());

        public void OnDtlsDeadlineChanged() => session.AnnounceDeadline();

        private static WebRtcCloseReason Translate(DtlsCloseReason reason) => reason switch
        {
            DtlsCloseReason.PeerClosed => WebRtcCloseReason.PeerClosed,
            DtlsCloseReason.HandshakeTimeout => WebRtcCloseReason.NeverConnected,
            DtlsCloseReason.FingerprintMismatch => WebRtcCloseReason.FingerprintMismatch,
            _ => WebRtcCloseReason.DtlsFailed,
        };
    }
}
