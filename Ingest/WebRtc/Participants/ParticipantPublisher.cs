using System.Collections.Immutable;
using Media;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Rtp;
using Protocols.Sdp;
using Rooms;
using Rooms.Publishing;

namespace Ingest.WebRtc.Participants;

/// <summary>
/// The sending peer connection of a room's participant: one session that feeds several publications, which come and go
/// with its offers. A session that breaks off leaves them waiting for the next one; one that is told to close ends them.
/// Loop of the session only, but for <see cref="CloseAsync"/>.
/// </summary>
public sealed class ParticipantPublisher : IPublisherSessionListener
{
    private readonly ParticipantIngest _ingest;
    private readonly AnswerOrigin _origin;
    private readonly Dictionary<string, PublisherPlace> _places = [];
    private readonly HashSet<string> _kicked;
    private readonly Dictionary<string, PublisherPlace> _abandoned = []; // by a session before, until this one's first answer
    private Dictionary<string, string> _publicationByMid = [];
    private HashSet<string> _mids = []; // of the last offer
    private PublisherSession? _session;
    private bool _closed;

    /// <param name="predecessor">The participant's session before, whose publications this one goes on with.</param>
    internal ParticipantPublisher(string id, MediaLoop loop, ParticipantIngest ingest, AnswerOrigin origin, ParticipantPublisher? predecessor)
    {
        (Id, Loop, _ingest, _origin) = (id, loop, ingest, origin);
        _kicked = predecessor?._kicked ?? [];
        predecessor?.HandOver(this);
    }

    public string Id { get; }

    public MediaLoop Loop { get; }

    /// <summary>Our side's ICE credentials, as the latest answer has them.</summary>
    public IceCredentials Credentials => _session!.Credentials;

    /// <summary>The publications that it feeds, by name.</summary>
    public ImmutableArray<string> Publications => [.. _places.Keys.Order(StringComparer.Ordinal)];

    internal bool IsClosed => _closed;

    /// <summary>
    /// The participant has gone for good: the session and its publications end, those too that only waited for it.
    /// Idempotent. Any thread.
    /// </summary>
    public Task CloseAsync(CloseReason reason) => Loop.InvokeAsync(() =>
    {
        Close(reason, null, places => places.ForEach(place => _ingest.Unpublish(place, reason)));
        _places.Clear();
    });

    void IPublisherSessionListener.OnSessionClosed(CloseReason reason, string? detail) =>
        Close(reason, detail, places => places.ForEach(place => place.Writer.Close(reason)));

    void IPublisherSessionListener.OnAudioLevel(Publication publication, AudioLevel level, long now) =>
        _ingest.Tell(publication, level, now);

    /// <summary>
    /// Whether an offer is of the transport that this session is on. Where the section that carried the transport was stopped
    /// and another one is in its place, Chromium lays all of them on a new transport, with a handshake of its own.
    /// </summary>
    internal bool IsOf(PublisherNegotiation offer) =>
        _session!.IsOf(offer.RemoteFingerprint) && (!IsRestart(offer.RemoteCredentials) || _mids.Contains(offer.TransportMid));

    internal void Remember(SessionDescription offer) => _mids = [.. offer.Media.Select(section => section.Mid!)];

    internal bool IsRestart(IceCredentials peer) => _session!.IsRestart(peer);

    internal bool Has(string publication) => _places.ContainsKey(publication);

    /// <summary>Whether that publication was ended from outside, and the participant's offers have not been without it since.</summary>
    internal bool IsKicked(string publication) => _kicked.Contains(publication);

    internal void Add(string publication, PublisherPlace place, PublicationWriter writer)
    {
        _places[publication] = place;
        place.Open(writer);
    }

    internal PublisherPlace NewPlace() => new(OnRemoved);

    /// <summary>The first answer: the session waits for its peer.</summary>
    internal void Open(PublisherSetup setup, Dictionary<string, string> publicationByMid)
    {
        _publicationByMid = publicationByMid;
        _session = new PublisherSession(Loop, setup, WriterOf, this);
        // Those that were taken again are no longer the session's before.
        foreach (PublisherPlace place in _abandoned.Values) _ingest.Unpublish(place, CloseReason.Left);
        _abandoned.Clear();
        Settle(setup.Negotiation);
    }

    /// <summary>Another answer of the same session.</summary>
    internal void Update(PublisherNegotiation negotiation, IceCredentials credentials, Dictionary<string, string> publicationByMid)
    {
        _publicationByMid = publicationByMid;
        if (credentials != Credentials) _session!.RestartIce(credentials);
        _session!.Update(negotiation, WriterOf);
        Settle(negotiation);
    }

    /// <summary>Offers that no longer have a publication that was kicked may have it again later.</summary>
    internal void Forgive(IEnumerable<string> wished) => _kicked.IntersectWith(wished);

    /// <summary>What the offer no longer feeds ends: takers of a screen that is not shared any more do not wait for it.</summary>
    private void Settle(PublisherNegotiation negotiation)
    {
        _origin.Mark(negotiation.Answer);
        foreach ((string name, PublisherPlace place) in _places.ToArray())
        {
            MediaKind[] kinds = [.. negotiation.Sections.Where(section => PublicationOf(section) == name).Select(section => section.Kind)];
            if (kinds.Length == 0)
            {
                _places.Remove(name);
                _ingest.Unpublish(place, CloseReason.Left);
                continue;
            }

            foreach (MediaKind kind in (ReadOnlySpan<MediaKind>)[MediaKind.Audio, MediaKind.Video])
                if (!kinds.Contains(kind)) place.Writer.EndTrack(kind, CloseReason.Left);
        }
    }

    private PublicationWriter? WriterOf(ReceivedSection section) =>
        PublicationOf(section) is { } name && _places.TryGetValue(name, out PublisherPlace? place) ? place.Writer : null;

    private string? PublicationOf(ReceivedSection section) => _publicationByMid.GetValueOrDefault(section.Mid);

    /// <summary>The publications go on with another session; this one ends.</summary>
    private void HandOver(ParticipantPublisher successor)
    {
        // One that has broken off left its places to the registry, which gives them to the same owner again.
        Dictionary<string, PublisherPlace> places = _closed ? successor._abandoned : successor._places;
        foreach ((string name, PublisherPlace place) in _places.Concat(_abandoned))
        {
            place.Removed = successor.OnRemoved;
            places[name] = place;
        }

        _places.Clear();
        _abandoned.Clear();
        if (!_closed) Close(CloseReason.Replaced, null, _ => { });
    }

    /// <summary>One publication was kicked, or taken by another session of the participant's: the others go on.</summary>
    private void OnRemoved(PublisherPlace place, CloseReason reason)
    {
        foreach ((string name, PublisherPlace own) in _places)
        {
            if (own != place) continue;
            _places.Remove(name);
            if (reason == CloseReason.Kicked) _kicked.Add(name);
        }

        if (!_closed) _session!.Leave(place.Writer);
        if (reason == CloseReason.ShuttingDown) Close(reason, null, _ => { });
    }

    private void Close(CloseReason reason, string? detail, Action<List<PublisherPlace>> end)
    {
        bool isFirst = !_closed;
        _closed = true;
        _session?.Close();
        end([.. _places.Values]);
        if (isFirst) _ingest.OnClosed(this, reason, detail);
    }
}
