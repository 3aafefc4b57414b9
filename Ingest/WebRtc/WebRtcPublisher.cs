using Media.Scheduling;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Rtp;
using Protocols.WebRtc;
using Rooms;
using Rooms.Publishing;

namespace Ingest.WebRtc;

/// <summary>
/// A publisher: one WebRTC session, and what comes in by it, packet by packet into its publication. Ends with its session,
/// with its place, or when it is told to; viewers then wait for its return. Loop of its publication only, but for removal.
/// </summary>
#pragma warning disable CA1001 // Close ends what it owns, and is sure to come
public sealed class WebRtcPublisher : IPublisher, IDatagramSession, IWebRtcSessionListener, IWebRtcReceiverListener
#pragma warning restore CA1001
{
    private const int NotRemoved = -1;

    private readonly Action<WebRtcPublisher, CloseReason, string?> _onClosed;
    private PublicationWriter? _writer;
    private SessionPlace? _place;
    private WebRtcSession? _session;
    private WebRtcReceiver? _receiver;
    private LoopTimer? _timer;
    private PublishedEncoding[] _encodings = [];
    private int _removed = NotRemoved; // a CloseReason once the place is another's
    private bool _closed;

    internal WebRtcPublisher(string id, Action<WebRtcPublisher, CloseReason, string?> onClosed)
    {
        Id = id;
        _onClosed = onClosed;
    }

    public string Id { get; }

    public Publication Publication => _writer!.Publication;

    public MediaLoop Loop => Publication.Loop;

    /// <summary>Our side's ICE credentials; their fragment names the state of the session that signalling talks about.</summary>
    public IceCredentials Credentials => _session!.LocalCredentials;

    /// <summary>Any thread.</summary>
    public void OnRemoved(CloseReason reason)
    {
        // Where it has no session yet, Open looks: one of the two sees what the other wrote.
        Interlocked.Exchange(ref _removed, (int)reason);
        if (Volatile.Read(ref _writer) is { } writer) writer.Publication.Loop.Post(CloseRemoved);
    }

    /// <summary>The place is there: the session waits for its peer.</summary>
    internal void Open(PublicationWriter writer, PublisherSetup setup)
    {
        Interlocked.Exchange(ref _writer, writer);
        _timer = Loop.CreateTimer(OnTimer);
        _place = new SessionPlace(setup.Transport.Sessions, this);
        _receiver = new WebRtcReceiver(setup.Negotiation, setup.Ssrc, setup.Cname, this);
        _encodings = [.. _receiver.Encodings.Select(encoding => new PublishedEncoding(encoding, writer, RequestKeyframe))];
        _session = new WebRtcSession(setup.Session, setup.Transport.Sender, this, Loop.Now);
        _place.Announce(Credentials);
        Arm();
        if (Volatile.Read(ref _removed) != NotRemoved) Loop.Post(CloseRemoved);
    }

    /// <summary>New credentials for an ICE restart; media goes on meanwhile.</summary>
    internal void RestartIce(IceCredentials credentials)
    {
        _session!.RestartIce(credentials);
        _place!.Announce(credentials);
        Arm();
    }

    internal void Close(CloseReason reason) => Close(reason, null);

    void IDatagramSession.Receive(ReadOnlySpan<byte> datagram, in Route route, long now) => _session!.Receive(datagram, route, now);

    bool IDatagramSession.TryFollow(ReadOnlySpan<byte> datagram, in Route route, long now) => _session!.TryFollow(datagram, route, now);

    void IWebRtcSessionListener.OnConnected(long now)
    {
        // Its packets tell the rest.
    }

    void IWebRtcSessionListener.OnDisconnected(long now)
    {
        // Its place is kept; viewers see that nothing comes.
    }

    void IWebRtcSessionListener.OnReconnected(long now)
    {
    }

    void IWebRtcSessionListener.OnClosed(WebRtcCloseReason reason, string? detail) => Close(
        reason switch
        {
            WebRtcCloseReason.PeerClosed => CloseReason.Left,
            WebRtcCloseReason.NeverConnected or WebRtcCloseReason.PeerGone => CloseReason.TimedOut,
            _ => CloseReason.ProtocolError,
        },
        $"{reason}{(detail is null ? "" : ": ")}{detail}");

    void IWebRtcSessionListener.OnRtcp(in RtcpPacket packet, long now) => _receiver!.OnRtcp(packet, now);

    void IWebRtcSessionListener.OnRtp(in ReceivedRtp packet, long now) => _receiver!.Receive(packet, now);

    void IWebRtcSessionListener.OnRouteValidated(in Route route) => _place!.Add(route);

    void IWebRtcSessionListener.OnRouteForgotten(in Route route) => _place!.Remove(route);

    void IWebRtcSessionListener.OnDeadlineChanged() => Arm();

    void IWebRtcReceiverListener.OnStarted(IncomingEncoding encoding, long now) => Find(encoding).Renew();

    void IWebRtcReceiverListener.OnPacket(IncomingEncoding encoding, in IncomingPacket packet, long now) =>
        // A refusal means that the place was taken away, of which OnRemoved tells.
        Find(encoding).Write(packet.Packet, packet.Codec);

    void IWebRtcReceiverListener.OnSenderReport(IncomingEncoding encoding, in SenderInfo info, long now) =>
        Find(encoding).OnSenderReport(info);

    void IWebRtcReceiverListener.OnBye(IncomingEncoding encoding, long now) => Find(encoding).Renew();

    void IWebRtcReceiverListener.SendRtcp(ReadOnlySpan<byte> compound) => _session!.SendRtcp(compound);

    void IWebRtcReceiverListener.OnDeadlineChanged() => Arm();

    private void RequestKeyframe(IncomingEncoding encoding) => _receiver!.RequestKeyframe(encoding, Loop.Now);

    private PublishedEncoding Find(IncomingEncoding incoming)
    {
        foreach (PublishedEncoding encoding in _encodings)
            if (encoding.Incoming == incoming) return encoding;
        throw new InvalidOperationException("An encoding that was not negotiated.");
    }

    private void OnTimer(long now)
    {
        _session!.Advance(now);
        if (_closed) return;
        _receiver!.Advance(now);
        Arm();
    }

    private void Arm()
    {
        // The session may ask while it is being made; Open arms at its end.
        if (_closed || _session is null) return;
        long deadline = Math.Min(_session.NextDeadline, _receiver!.NextDeadline);
        if (deadline == long.MaxValue) _timer!.Cancel();
        else _timer!.Set(deadline);
    }

    private void CloseRemoved() => Close((CloseReason)Volatile.Read(ref _removed), null);

    private void Close(CloseReason reason, string? detail)
    {
        if (_closed) return;
        _closed = true;
        _timer!.Cancel();
        foreach (PublishedEncoding encoding in _encodings) encoding.Renew();
        _session!.Close();
        _place!.Leave();
        _writer!.Close(reason);
        _onClosed(this, reason, detail);
    }
}
