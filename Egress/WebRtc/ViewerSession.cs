using Media.Scheduling;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Srtp;
using Protocols.WebRtc;
using Rooms;

namespace Egress.WebRtc;

/// <summary>
/// The WebRTC session of somebody who watches, whatever is sent over it: its place among the sessions of its loop, its
/// timer, and the way out for packets. Its loop only.
/// </summary>
#pragma warning disable CA1001 // Close ends what it owns, and is sure to come
internal sealed class ViewerSession : IDatagramSession, IWebRtcSessionListener, IRtpOutput
#pragma warning restore CA1001
{
    private readonly IViewerSessionListener _listener;
    private readonly SessionPlace _place;
    private readonly WebRtcSession _session;
    private readonly LoopTimer _timer;
    private bool _closed;

    public ViewerSession(MediaLoop loop, WebRtcSessionOptions options, LoopTransport transport, IViewerSessionListener listener)
    {
        Loop = loop;
        _listener = listener;
        _place = new SessionPlace(transport.Sessions, this);
        _timer = loop.CreateTimer(OnTimer);
        _session = new WebRtcSession(options, transport.Sender, this, loop.Now);
        _place.Announce(Credentials);
    }

    public MediaLoop Loop { get; }

    public long Now => Loop.Now;

    /// <summary>Our side's ICE credentials; their fragment names the state of the session that signalling talks about.</summary>
    public IceCredentials Credentials => _session.LocalCredentials;

    public bool IsClosed => _closed;

    /// <summary>New credentials for an ICE restart; media goes on meanwhile.</summary>
    public void RestartIce(IceCredentials credentials)
    {
        _session.RestartIce(credentials);
        _place.Announce(credentials);
        Arm();
    }

    /// <summary>Looks at the deadlines again: one of the listener's has changed.</summary>
    public void Arm()
    {
        // The session may ask while it is being made.
        if (_closed || _session is null) return;
        long deadline = Math.Min(_session.NextDeadline, _listener.NextDeadline);
        if (deadline == long.MaxValue) _timer.Cancel();
        else _timer.Set(deadline);
    }

    public void SendRtcp(ReadOnlySpan<byte> compound) => _session.SendRtcp(compound);

    public Span<byte> Reserve(int length) => _session.ReserveForwardedRtp(length);

    public void Commit(int length) => _session.CommitRtp(length, Loop.Now);

    public ushort NextTransportSequenceNumber() => _session.NextTransportSequenceNumber();

    /// <summary>Says goodbye and leaves the table of sessions. Idempotent.</summary>
    public void Close()
    {
        if (_closed) return;
        _closed = true;
        _timer.Cancel();
        _session.Close();
        _place.Leave();
    }

    void IDatagramSession.Receive(ReadOnlySpan<byte> datagram, in Route route, long now) => _session.Receive(datagram, route, now);

    bool IDatagramSession.TryFollow(ReadOnlySpan<byte> datagram, in Route route, long now) => _session.TryFollow(datagram, route, now);

    void IDatagramSession.OnRouteLost(in Route route) => _session.OnRouteLost(route);

    void IWebRtcSessionListener.OnConnected(long now)
    {
        _listener.OnStateChanged("connected");
        _listener.OnConnected(mayResend: !_session.SrtpProfile.IsAead, now);
    }

    void IWebRtcSessionListener.OnDisconnected(long now) => _listener.OnStateChanged("disconnected");

    void IWebRtcSessionListener.OnReconnected(long now) => _listener.OnStateChanged("connected");

    void IWebRtcSessionListener.OnClosed(WebRtcCloseReason reason, string? detail) => _listener.OnClosed(
        reason switch
        {
            WebRtcCloseReason.PeerClosed => CloseReason.Left,
            WebRtcCloseReason.NeverConnected or WebRtcCloseReason.PeerGone => CloseReason.TimedOut,
            _ => CloseReason.ProtocolError,
        },
        $"{reason}{(detail is null ? "" : ": ")}{detail}");

    void IWebRtcSessionListener.OnRtcp(in RtcpPacket packet, long now) => _listener.OnRtcp(packet, now);

    void IWebRtcSessionListener.OnRtp(in ReceivedRtp packet, long now)
    {
        // A viewer has nothing to send us.
    }

    void IWebRtcSessionListener.OnRouteValidated(in Route route) => _place.Add(route);

    void IWebRtcSessionListener.OnRouteForgotten(in Route route) => _place.Remove(route);

    void IWebRtcSessionListener.OnDeadlineChanged() => Arm();

    private void OnTimer(long now)
    {
        _session.Advance(now);
        if (_closed) return;
        _listener.Advance(now);
        Arm();
    }
}
