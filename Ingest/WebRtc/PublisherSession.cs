using Media.Rtp;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Rtp;
using Protocols.Sdp;
using Protocols.WebRtc;
using Rooms;
using Rooms.Publishing;

namespace Ingest.WebRtc;

/// <summary>
/// One WebRTC session that receives, and what comes in by it, packet by packet into the publications that its sections
/// belong to: one for an encoder, several for a room's participant. Loop of its publications only.
/// </summary>
#pragma warning disable CA1001 // Close ends what it owns, and is sure to come
internal sealed class PublisherSession : IDatagramSession, IWebRtcSessionListener, IRtpReceiverListener
#pragma warning restore CA1001
{
    private readonly MediaLoop _loop;
    private readonly IPublisherSessionListener _listener;
    private readonly LoopTimer _timer;
    private readonly SessionPlace _place;
    private readonly RtpReceiver _receiver;
    private readonly WebRtcSession? _session;
    private readonly Fingerprint _fingerprint;
    private IceCredentials _remote;
    private PublishedEncoding[] _encodings = [];

    /// <param name="writerOf">The publication of a section; null = what it sends is dropped.</param>
    public PublisherSession(
        MediaLoop loop, PublisherSetup setup, Func<ReceivedSection, PublicationWriter?> writerOf, IPublisherSessionListener listener)
    {
        _loop = loop;
        _listener = listener;
        _timer = loop.CreateTimer(OnTimer);
        _place = new SessionPlace(setup.Transport.Sessions, this);
        _remote = setup.Negotiation.RemoteCredentials;
        _fingerprint = setup.Negotiation.RemoteFingerprint;
        _receiver = new RtpReceiver(setup.Negotiation.Sections, setup.Ssrc, setup.Cname, this);
        Feed(writerOf);
        _session = new WebRtcSession(setup.Session, setup.Transport.Sender, this, loop.Now);
        _place.Announce(Credentials);
        Arm();
    }

    /// <summary>Our side's ICE credentials; their fragment names the state of the session that signalling talks about.</summary>
    public IceCredentials Credentials => _session!.LocalCredentials;

    public bool IsClosed { get; private set; }

    /// <summary>Whether an offer is of the peer connection at the other end, rather than of another one.</summary>
    public bool IsOf(Fingerprint peer) => _fingerprint.Equals(peer);

    /// <summary>Whether an offer asks for an ICE restart (RFC 8445 §9).</summary>
    public bool IsRestart(IceCredentials peer) => _remote.UsernameFragment != peer.UsernameFragment;

    /// <summary>Another offer was answered: sections that are as they were go on without a break.</summary>
    public void Update(PublisherNegotiation negotiation, Func<ReceivedSection, PublicationWriter?> writerOf)
    {
        _remote = negotiation.RemoteCredentials;
        _receiver.Update(negotiation.Sections);
        Feed(writerOf);
        Arm();
    }

    /// <summary>That publication is another's from now on, or none's.</summary>
    public void Leave(PublicationWriter writer) => Feed(section => WriterOf(section) is { } fed && fed != writer ? fed : null);

    /// <summary>New credentials for an ICE restart; media goes on meanwhile.</summary>
    public void RestartIce(IceCredentials credentials)
    {
        _session!.RestartIce(credentials);
        _place.Announce(credentials);
        Arm();
    }

    /// <summary>Ends the session, without a call to the listener; its publications are its owner's affair. Idempotent.</summary>
    public void Close()
    {
        if (IsClosed) return;
        IsClosed = true;
        _timer.Cancel();
        foreach (PublishedEncoding encoding in _encodings) encoding.Renew();
        _encodings = [];
        _session!.Close();
        _place.Leave();
    }

    void IDatagramSession.Receive(ReadOnlySpan<byte> datagram, in Route route, long now) => _session!.Receive(datagram, route, now);

    bool IDatagramSession.TryFollow(ReadOnlySpan<byte> datagram, in Route route, long now) => _session!.TryFollow(datagram, route, now);

    void IDatagramSession.OnRouteLost(in Route route) => _session!.OnRouteLost(route);

    void IWebRtcSessionListener.OnConnected(long now)
    {
        // Its packets tell the rest.
    }

    void IWebRtcSessionListener.OnDisconnected(long now)
    {
        // Its places are kept; viewers see that nothing comes.
    }

    void IWebRtcSessionListener.OnReconnected(long now)
    {
    }

    void IWebRtcSessionListener.OnClosed(WebRtcCloseReason reason, string? detail) => _listener.OnSessionClosed(
        reason switch
        {
            WebRtcCloseReason.PeerClosed => CloseReason.Left,
            WebRtcCloseReason.NeverConnected or WebRtcCloseReason.PeerGone => CloseReason.TimedOut,
            _ => CloseReason.ProtocolError,
        },
        $"{reason}{(detail is null ? "" : ": ")}{detail}");

    void IWebRtcSessionListener.OnRtcp(in RtcpPacket packet, long now) => _receiver.OnRtcp(packet, now);

    void IWebRtcSessionListener.OnRtp(in ReceivedRtp packet, long now) => _receiver.Receive(packet, now);

    void IWebRtcSessionListener.OnRouteValidated(in Route route) => _place.Add(route);

    void IWebRtcSessionListener.OnRouteForgotten(in Route route) => _place.Remove(route);

    void IWebRtcSessionListener.OnDeadlineChanged() => Arm();

    void IRtpReceiverListener.OnStarted(IncomingEncoding encoding, long now) => Find(encoding)?.Renew();

    void IRtpReceiverListener.OnPacket(IncomingEncoding encoding, in IncomingPacket packet, long now)
    {
        if (Find(encoding) is not { } published) return;
        // A refusal means that the place was taken away, of which the registry tells.
        bool isWritten = published.Write(packet.Packet, packet.Codec);
        if (isWritten && packet.AudioLevel is { } level && !packet.IsLate) _listener.OnAudioLevel(published.Writer.Publication, level, now);
    }

    void IRtpReceiverListener.OnSenderReport(IncomingEncoding encoding, in SenderInfo info, long now) =>
        Find(encoding)?.OnSenderReport(info);

    void IRtpReceiverListener.OnBye(IncomingEncoding encoding, long now) => Find(encoding)?.Renew();

    void IRtpReceiverListener.SendRtcp(ReadOnlySpan<byte> compound) => _session!.SendRtcp(compound);

    void IRtpReceiverListener.OnDeadlineChanged() => Arm();

    private void Feed(Func<ReceivedSection, PublicationWriter?> writerOf)
    {
        PublishedEncoding[] before = _encodings;
        var encodings = new List<PublishedEncoding>();
        foreach (IncomingEncoding incoming in _receiver.Encodings)
        {
            if (writerOf(incoming.Section) is not { } writer) continue;
            PublishedEncoding? same = Array.Find(before, encoding => encoding.Incoming == incoming && encoding.Writer == writer);
            encodings.Add(same ?? new PublishedEncoding(incoming, writer, RequestKeyframe));
        }

        _encodings = [.. encodings];
        foreach (PublishedEncoding gone in before.Except(_encodings)) gone.Renew();
    }

    private PublicationWriter? WriterOf(ReceivedSection section) =>
        Array.Find(_encodings, encoding => encoding.Incoming.Section == section)?.Writer;

    private void RequestKeyframe(IncomingEncoding encoding) => _receiver.RequestKeyframe(encoding, _loop.Now);

    private PublishedEncoding? Find(IncomingEncoding incoming)
    {
        foreach (PublishedEncoding encoding in _encodings)
            if (encoding.Incoming == incoming) return encoding;
        return null;
    }

    private void OnTimer(long now)
    {
        _session!.Advance(now);
        if (IsClosed) return;
        _receiver.Advance(now);
        Arm();
    }

    private void Arm()
    {
        // The session may ask while it is being made; the constructor arms at its end.
        if (IsClosed || _session is null) return;
        long deadline = Math.Min(_session.NextDeadline, _receiver.NextDeadline);
        if (deadline == long.MaxValue) _timer.Cancel();
        else _timer.Set(deadline);
    }
}
