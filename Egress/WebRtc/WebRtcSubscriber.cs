using Media;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Rtcp;
using Rooms;

namespace Egress.WebRtc;

/// <summary>
/// A viewer: one WebRTC session and what it is sent. Ends with its session, with its publication, or when it is told to.
/// Loop of its publication only.
/// </summary>
public sealed class WebRtcSubscriber : Subscriber, IViewerSessionListener
{
    private readonly Publication _publication;
    private readonly ViewerSession _session;
    private readonly ReceiverFeedback _feedback;
    private readonly ViewerMedia _media;
    private readonly Action<WebRtcSubscriber, CloseReason, string?> _onClosed;
    private readonly string? _refusal;
    private string _state = "connecting";
    private string? _remark;

    internal WebRtcSubscriber(ViewerSetup setup, Action<WebRtcSubscriber, CloseReason, string?> onClosed)
        : base(setup.Id, setup.Entrance, setup.Publication.Loop.Clock.UtcNow)
    {
        _publication = setup.Publication;
        _onClosed = onClosed;
        _refusal = setup.Negotiation.VideoRefusal;
        _session = new ViewerSession(_publication.Loop, setup.Session, setup.Transport, this);
        var reports = new SenderReports(Loop.Clock, setup.Negotiation.Cname);
        _feedback = new ReceiverFeedback(reports);
        _media = new ViewerMedia(_session, reports, _feedback, setup.Options);
        if (setup.Negotiation.Audio is { } audio) _media.Add(audio, setup.Random);
        if (setup.Negotiation.Video is { } video) _media.Add(video, setup.Random);
        _media.Bind(_publication, Loop.Now);
        _remark = Remark;
        _session.Arm();
    }

    public Publication Publication => _publication;

    public MediaLoop Loop => _publication.Loop;

    /// <summary>Our side's ICE credentials; their fragment names the state of the session that signalling talks about.</summary>
    public IceCredentials Credentials => _session.Credentials;

    long IViewerSessionListener.NextDeadline => _media.NextDeadline;

    private string? Remark => _refusal ?? _media.Remark;

    public override SubscriberSnapshot Snapshot() => _media.Snapshot(this, _state, _feedback.RoundTrip) with { Remark = Remark };

    public override void Close(CloseReason reason) => Close(reason, null);

    /// <summary>
    /// Goes over to one encoding of a simulcast source, or to the largest that is live (null). False: there is none of that
    /// id. Any thread.
    /// </summary>
    public Task<bool> ChooseEncodingAsync(string? encodingId) => Loop.InvokeAsync(() =>
    {
        bool exists = _media.ChooseEncoding(encodingId, Loop.Now);
        _session.Arm();
        return exists;
    });

    /// <summary>New credentials for an ICE restart; media goes on meanwhile.</summary>
    internal void RestartIce(IceCredentials credentials) => _session.RestartIce(credentials);

    void IViewerSessionListener.OnConnected(bool mayResend, long now) => _media.Start(mayResend, now);

    void IViewerSessionListener.OnStateChanged(string state)
    {
        _state = state;
        Tell(state);
    }

    void IViewerSessionListener.OnRtcp(in RtcpPacket packet, long now) => _feedback.OnRtcp(packet, now);

    void IViewerSessionListener.OnClosed(CloseReason reason, string? detail) => Close(reason, detail);

    void IViewerSessionListener.Advance(long now)
    {
        _media.Advance(now);
        if (Remark != _remark)
        {
            _remark = Remark;
            Tell(_remark ?? "complete");
        }

        // Another offer may fare better: what the source is now was not known when this one was answered.
        if (_media.HasNothingLeft) Close(CloseReason.FormatChanged);
    }

    private void Tell(string detail) => _publication.Raise(RoomEvent.SubscriberChanged, Id, detail);

    private void Close(CloseReason reason, string? detail)
    {
        if (_session.IsClosed) return;
        _state = "closed";
        _media.Close();
        _session.Close();
        _publication.Remove(this, reason);
        _onClosed(this, reason, detail);
    }
}
