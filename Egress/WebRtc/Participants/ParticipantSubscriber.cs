using System.Collections.Immutable;
using Media;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Rtcp;
using Protocols.Sdp;
using Rooms;

namespace Egress.WebRtc.Participants;

/// <summary>
/// A participant who receives: one WebRTC session over which any number of publications come, each a subscription of its
/// own. New offers add and remove sections; what they leave as it is goes on undisturbed. Its loop only, but for what
/// returns a task.
/// </summary>
public sealed class ParticipantSubscriber : IViewerSessionListener
{
    internal const string Entrance = "room";

    /// <summary>
    /// A section that is added begins so much later: by then the browser has read the answer. What it gets before, it
    /// throws away, and a keyframe with it.
    /// </summary>
    private const long AnswerReading = 100 * MonotonicClock.TicksPerMillisecond;

    /// <summary>How often a publication that has ended is looked for.</summary>
    private const long SeekInterval = MonotonicClock.TicksPerSecond / 4;

    private readonly ParticipantSetup _setup;
    private readonly Action<ParticipantSubscriber, CloseReason, string?> _onClosed;
    private readonly ViewerSession _session;
    private readonly SenderReports _reports;
    private readonly ReceiverFeedback _feedback;
    private readonly AnswerOrigin _origin;
    private readonly Random _random;
    private readonly Dictionary<string, SubscribedSection> _sections = []; // by mid
    private readonly string _cname;
    private ParticipantSubscription[] _subscriptions = [];
    private IceCredentials _remote;
    private HashSet<string> _mids = []; // of the last offer
    private ImmutableHashSet<string>? _shown;
    private bool _connected;
    private bool _mayResend;
    private long _nextSeek = long.MaxValue;

    internal ParticipantSubscriber(ParticipantSetup setup, Action<ParticipantSubscriber, CloseReason, string?> onClosed)
    {
        _setup = setup;
        _onClosed = onClosed;
        _remote = setup.RemoteCredentials;
        _origin = new AnswerOrigin(setup.Transport.Random);
        _random = new Random((int)setup.Transport.NewNumber());
        _cname = setup.Transport.NewId();
        _reports = new SenderReports(Loop.Clock, _cname);
        _feedback = new ReceiverFeedback(_reports);
        _session = new ViewerSession(Loop, setup.Session, setup.Transport.Of(Loop), this);
        _session.Arm();
    }

    public string Id => _setup.Id;

    public string Room => _setup.Room;

    /// <summary>Id of the participant.</summary>
    public string Participant => _setup.Participant;

    public MediaLoop Loop => _setup.Loop;

    /// <summary>As the API shows it: connecting, connected, disconnected, closed.</summary>
    public string State { get; private set; } = "connecting";

    internal Fingerprint RemoteFingerprint => _setup.Session.PeerFingerprint;

    internal bool IsClosed => _session.IsClosed;

    internal long RoundTrip => _feedback.RoundTrip;

    long IViewerSessionListener.NextDeadline
    {
        get
        {
            long next = _nextSeek;
            foreach (ParticipantSubscription subscription in _subscriptions) next = Math.Min(next, subscription.Media.NextDeadline);
            return next;
        }
    }

    public Task CloseAsync(CloseReason reason) => Loop.InvokeAsync(() => Close(reason, null));

    /// <summary>
    /// Only of these publications is video sent from now on; that of others stops, and begins again with a keyframe, for
    /// which the source is asked at once. Null = of all.
    /// </summary>
    public Task ShowVideosAsync(ImmutableHashSet<string>? publications) => Loop.InvokeAsync(() => ShowVideos(publications));

    /// <summary>
    /// Where the section that carried the transport was stopped and another one is in its place, Chromium lays all of them on
    /// a new transport, with a handshake of its own. Firefox keeps the one it has, with its credentials.
    /// </summary>
    internal bool IsOnAnotherTransport(ReceivingOffer offer) => offer.RemoteCredentials != _remote && !_mids.Contains(offer.TransportMid);

    /// <summary>Answers the first offer and all that follow.</summary>
    internal ParticipantAnswer Answer(ReceivingOffer offer, ParticipantOffer request, IReadOnlyDictionary<string, WishFacts> facts)
    {
        var plan = new ParticipantPlan(offer, this, facts);
        ImmutableArray<SectionOutcome> outcomes = [.. request.Wishes.Select(plan.Consider)];
        if (offer.RemoteCredentials != _remote)
        {
            // RFC 8839 §4.4.1.1.1: an ICE restart; media goes on over the old pair until the new one is chosen.
            _remote = offer.RemoteCredentials;
            _session.RestartIce(_setup.Transport.NewCredentials(Loop));
        }

        _mids = [.. offer.Mids];
        LocalPeer local = _setup.Transport.LocalPeer(_session.Credentials, request.Remote);
        ReceivingAnswer answer = offer.Answer(plan.Accepted, local, _origin, _cname);
        Apply(answer.Sections);
        return new ParticipantAnswer(ParticipantOutcome.Accepted, this, answer.Answer, outcomes, null);
    }

    /// <summary>What an earlier answer said of a section; null = nothing is sent in it.</summary>
    internal SentSection? SectionOf(string mid) => _sections.GetValueOrDefault(mid)?.Sent;

    internal ParticipantSubscription? SubscriptionOf(string publication) =>
        Array.Find(_subscriptions, subscription => subscription.Name == publication);

    /// <summary>The publication, if it is there.</summary>
    private Publication? Find(string publication) =>
        _setup.Rooms.Find(Room, publication) is { State: not PublicationState.Ended } found ? found : null;

    internal bool IsShown(string publication) => _shown?.Contains(publication) ?? true;

    /// <summary>Mids of what is new and shown, and so must be possible at once: what is not shown needs no conversion yet.</summary>
    internal IReadOnlyCollection<string> ToBeChecked(ImmutableArray<SectionWish> wishes) =>
        [.. wishes.Where(wish => IsShown(wish.Publication) && SectionOf(wish.Mid)?.StreamId != wish.Publication).Select(wish => wish.Mid)];

    internal void OnPublicationLost()
    {
        _nextSeek = Math.Min(_nextSeek, Loop.Now + SeekInterval);
        _session.Arm();
    }

    void IViewerSessionListener.OnConnected(bool mayResend, long now)
    {
        _connected = true;
        _mayResend = mayResend;
        foreach (ParticipantSubscription subscription in _subscriptions) subscription.Media.Start(mayResend, now);
    }

    void IViewerSessionListener.OnStateChanged(string state)
    {
        State = state;
        foreach (ParticipantSubscription subscription in _subscriptions) subscription.OnStateChanged(state);
    }

    void IViewerSessionListener.OnRtcp(in RtcpPacket packet, long now) => _feedback.OnRtcp(packet, now);

    void IViewerSessionListener.OnClosed(CloseReason reason, string? detail) => Close(reason, detail);

    void IViewerSessionListener.Advance(long now)
    {
        foreach (ParticipantSubscription subscription in _subscriptions) subscription.Advance(now);
        if (now >= _nextSeek) Seek(now);
    }

    /// <summary>Publications that have come back go on in the sections that they had.</summary>
    private void Seek(long now)
    {
        _nextSeek = long.MaxValue;
        foreach (ParticipantSubscription subscription in _subscriptions)
            if (subscription.IsAwaiting && !TryBegin(subscription)) _nextSeek = now + SeekInterval;
    }

    private bool TryBegin(ParticipantSubscription subscription)
    {
        if (Find(subscription.Name) is not { } publication) return false;
        subscription.Begin(publication);
        return true;
    }

    private void ShowVideos(ImmutableHashSet<string>? publications)
    {
        if (IsClosed) return;
        _shown = publications;
        foreach (ParticipantSubscription subscription in _subscriptions)
        {
            bool isChanged = false;
            foreach (ViewerTrack track in subscription.Media.Tracks)
                if (track.Kind == MediaKind.Video) isChanged |= track.Pause(!IsShown(subscription.Name));
            if (isChanged) subscription.Media.AttachSources();
        }

        _session.Arm();
    }

    private void Apply(ImmutableArray<SentSection> sections)
    {
        long now = Loop.Now;
        foreach ((string mid, SubscribedSection section) in _sections.ToArray())
        {
            if (sections.Contains(section.Sent)) continue;
            _sections.Remove(mid);
            section.Subscription.Media.Remove(section.Track);
        }

        foreach (SentSection section in sections)
            if (!_sections.ContainsKey(section.Mid)) Add(section, now);
        foreach (ParticipantSubscription subscription in _subscriptions)
        {
            if (subscription.Media.Tracks.Count == 0) subscription.End(CloseReason.Left);
            else if (subscription.IsAwaiting) TryBegin(subscription);
            else subscription.Media.AttachSources();
        }

        _subscriptions = [.. _subscriptions.Where(subscription => subscription.Media.Tracks.Count > 0)];
        if (Array.Exists(_subscriptions, subscription => subscription.IsAwaiting)) _nextSeek = now + SeekInterval;
        _session.Arm();
    }

    private void Add(SentSection section, long now)
    {
        ParticipantSubscription subscription = SubscriptionOf(section.StreamId) ?? Subscribe(section.StreamId, now);
        ViewerTrack track = subscription.Media.Add(section, _random, _connected ? now + AnswerReading : long.MinValue);
        if (section.Kind == MediaKind.Video) track.Pause(!IsShown(subscription.Name));
        _sections[section.Mid] = new SubscribedSection(section, track, subscription);
    }

    private ParticipantSubscription Subscribe(string publication, long now)
    {
        var media = new ViewerMedia(_session, _reports, _feedback, _setup.Options);
        if (_connected) media.Start(_mayResend, now);
        var subscription = new ParticipantSubscription(this, _setup.Transport.NewId(), publication, media);
        _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    private void Close(CloseReason reason, string? detail)
    {
        if (IsClosed) return;
        State = "closed";
        foreach (ParticipantSubscription subscription in _subscriptions) subscription.End(reason);
        _subscriptions = [];
        _sections.Clear();
        _session.Close();
        _onClosed(this, reason, detail);
    }

    private sealed record SubscribedSection(SentSection Sent, ViewerTrack Track, ParticipantSubscription Subscription);
}
