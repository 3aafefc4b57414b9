using Media;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Srtp;
using Protocols.WebRtc;
using Rooms;

namespace Egress.WebRtc;

/// <summary>
/// A viewer: one WebRTC session and what it is sent. Ends with its session, with its publication, or when it is told to.
/// Loop of its publication only.
/// </summary>
#pragma warning disable CA1001 // Close ends what it owns, and is sure to come
public sealed class WebRtcSubscriber : Subscriber, IDatagramSession, IWebRtcSessionListener, IViewerOutput
#pragma warning restore CA1001
{
    private readonly Publication _publication;
    private readonly SessionPlace _place;
    private readonly WebRtcSession _session;
    private readonly ViewerMedia _media;
    private readonly LoopTimer _timer;
    private readonly Action<WebRtcSubscriber, CloseReason, string?> _onClosed;
    private string _state = "connecting";
    private string? _remark;
    private bool _closed;

    internal WebRtcSubscriber(ViewerSetup setup, Action<WebRtcSubscriber, CloseReason, string?> onClosed)
        : base(setup.Id, setup.Entrance, setup.Publication.Loop.Clock.UtcNow)
    {
        _publication = setup.Publication;
        _place = new SessionPlace(setup.Transport.Sessions, this);
        _onClosed = onClosed;
        _timer = Loop.CreateTimer(OnTimer);
        _media = new ViewerMedia(_publication, setup.Negotiation, setup.Options, setup.Random, this);
        _session = new WebRtcSession(setup.Session, setup.Transport.Sender, this, Loop.Now);
        _place.Announce(Credentials);
        _media.AttachSources(Loop.Now);
        _remark = _media.Remark;
        Arm();
    }

    public Publication Publication => _publication;

    public MediaLoop Loop => _publication.Loop;

    /// <summary>Our side's ICE credentials; their fragment names the state of the session that signalling talks about.</summary>
    public IceCredentials Credentials => _session.LocalCredentials;

    long IRtpOutput.Now => Loop.Now;

    public override SubscriberSnapshot Snapshot() => new(
        Id, Entrance, Since, _state, _media.SourceOf(MediaKind.Video), _media.SourceOf(MediaKind.Audio), _media.PacketsSent,
        _media.BytesSent, _media.Feedback.PacketsLost,
        _media.Feedback.RoundTrip / (double)MonotonicClock.TicksPerMillisecond, _media.Remark);

    public override void Close(CloseReason reason) => Close(reason, null);

    /// <summary>New credentials for an ICE restart; media goes on meanwhile.</summary>
    internal void RestartIce(IceCredentials credentials)
    {
        _session.RestartIce(credentials);
        _place.Announce(credentials);
        Arm();
    }

    void IDatagramSession.Receive(ReadOnlySpan<byte> datagram, in Route route, long now) => _session.Receive(datagram, route, now);

    bool IDatagramSession.TryFollow(ReadOnlySpan<byte> datagram, in Route route, long now) => _session.TryFollow(datagram, route, now);

    void IDatagramSession.OnRouteLost(in Route route) => _session.OnRouteLost(route);

    void IWebRtcSessionListener.OnConnected(long now)
    {
        Become("connected");
        _media.Start(mayResend: !_session.SrtpProfile.IsAead, now);
    }

    void IWebRtcSessionListener.OnDisconnected(long now) => Become("disconnected");

    void IWebRtcSessionListener.OnReconnected(long now) => Become("connected");

    void IWebRtcSessionListener.OnClosed(WebRtcCloseReason reason, string? detail) => Close(
        reason switch
        {
            WebRtcCloseReason.PeerClosed => CloseReason.Left,
            WebRtcCloseReason.NeverConnected or WebRtcCloseReason.PeerGone => CloseReason.TimedOut,
            _ => CloseReason.ProtocolError,
        },
        $"{reason}{(detail is null ? "" : ": ")}{detail}");

    void IWebRtcSessionListener.OnRtcp(in RtcpPacket packet, long now) => _media.OnRtcp(packet, now);

    void IWebRtcSessionListener.OnRtp(in ReceivedRtp packet, long now)
    {
        // A viewer has nothing to send us.
    }

    void IWebRtcSessionListener.OnRouteValidated(in Route route) => _place.Add(route);

    void IWebRtcSessionListener.OnRouteForgotten(in Route route) => _place.Remove(route);

    void IWebRtcSessionListener.OnDeadlineChanged() => Arm();

    void IViewerOutput.OnDeadlineChanged() => Arm();

    void IViewerOutput.OnNothingLeft() => Loop.Post(static state => ((WebRtcSubscriber)state!).Close(CloseReason.FormatChanged), this);

    void IViewerOutput.SendRtcp(ReadOnlySpan<byte> compound) => _session.SendRtcp(compound);

    Span<byte> IRtpOutput.Reserve(int length) => _session.ReserveForwardedRtp(length);

    void IRtpOutput.Commit(int length) => _session.CommitRtp(length, Loop.Now);

    ushort IRtpOutput.NextTransportSequenceNumber() => _session.NextTransportSequenceNumber();

    private void OnTimer(long now)
    {
        _session.Advance(now);
        if (_closed) return;
        _media.Advance(now);
        if (_media.Remark != _remark)
        {
            _remark = _media.Remark;
            Tell(_remark ?? "complete");
        }

        Arm();
    }

    private void Arm()
    {
        // The session may ask while it is being made; the constructor arms at its end.
        if (_closed || _session is null) return;
        long deadline = Math.Min(_session.NextDeadline, _media.NextDeadline);
        if (deadline == long.MaxValue) _timer.Cancel();
        else _timer.Set(deadline);
    }

    private void Become(string state)
    {
        _state = state;
        Tell(state);
    }

    private void Tell(string detail) => _publication.Raise(RoomEvent.SubscriberChanged, Id, detail);

    private void Close(CloseReason reason, string? detail)
    {
        if (_closed) return;
        _closed = true;
        _state = "closed";
        _timer.Cancel();
        _media.Dispose();
        _session.Close();
        _place.Leave();
        _publication.Remove(this, reason);
        _onClosed(this, reason, detail);
    }
}
