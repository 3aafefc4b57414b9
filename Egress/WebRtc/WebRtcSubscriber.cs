using Media;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Rtcp;
using Rooms;

namespace Egress.WebRtc;

/// <summary>
/// A viewer: one WebRTC session and what it is sent. Ends with its session, with its publication, or when it is told to.
/// Its loop only, which may be another one than its publication's.
/// </summary>
public sealed class WebRtcSubscriber : SessionSubscriber, IViewerSessionListener
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
        : base(setup.Id, setup.Entrance, setup.Loop)
    {
        _publication = setup.Publication;
        _onClosed = onClosed;
        _refusal = setup.Negotiation.VideoRefusal;
        _session = new ViewerSession(Loop, setup.Session, setup.Transport, this);
        var reports = new SenderReports(Loop.Clock, setup.Negotiation.Cname);
        _feedback = new ReceiverFeedback(reports);
        _media = new ViewerMedia(_session, reports, _feedback, setup.Options);
        if (setup.Negotiation.Audio is { } audio) _media.Add(audio, setup.Random);
        if (setup.Negotiation.Video is { } video) _media.Add(video, setup.Random);
    }

    public Publication Publication => _publication;

    /// <summary>Our side's ICE credentials; their fragment names the state of the session that signalling talks about.</summary>
    public IceCredentials Credentials => _session.Credentials;

    long IViewerSessionListener.NextDeadline => _media.NextDeadline;

    private string? Remark => _refusal ?? _media.Remark;

    internal override SubscriberSnapshot Measure() => _media.Snapshot(this, _state, _feedback.RoundTrip) with { Remark = Remark };

    private protected override void OnEnded(Publication publication, CloseReason reason) => Close(reason, null);

    /// <summary>Takes the sources there are, and shows up in the publication's list.</summary>
    internal void Begin()
    {
        _media.Bind(_publication);
        _remark = Remark;
        _session.Arm();
        Join(_publication);
    }

    /// <summary>
    /// Goes over to one encoding of a simulcast source, or to the largest that is live (null). False: there is none of that
    /// id. Any thread.
    /// </summary>
    public async Task<bool> ChooseEncodingAsync(string? encodingId)
    {
        string? choice = encodingId;
        if (!await _publication.Loop.InvokeAsync(() => ViewerMedia.TryResolve(_publication, ref choice)).ConfigureAwait(false)) return false;
        await Loop.InvokeAsync(() =>
        {
            _media.Choose(choice);
            _session.Arm();
        }).ConfigureAwait(false);
        return true;
    }

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
        RenewWhenDue(now);
        if (Remark != _remark)
        {
            _remark = Remark;
            Tell(_remark ?? "complete");
        }

        // Another offer may fare better: what the source is now was not known when this one was answered.
        if (_media.HasNothingLeft) Close(CloseReason.FormatChanged);
    }

    internal void Close(CloseReason reason, string? detail)
    {
        if (_session.IsClosed) return;
        _state = "closed";
        _media.Close();
        _session.Close();
        Leave(reason);
        _onClosed(this, reason, detail);
    }
}
