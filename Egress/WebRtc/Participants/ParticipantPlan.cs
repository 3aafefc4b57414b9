using Media;
using Protocols.Sdp;

namespace Egress.WebRtc.Participants;

/// <summary>Which wishes of one offer are granted, and which sections that makes. Loop of the session.</summary>
internal sealed class ParticipantPlan(
    ReceivingOffer offer, ParticipantSubscriber session, IReadOnlyDictionary<string, WishFacts> facts)
{
    private readonly HashSet<(string, MediaKind)> _granted = [];
    private readonly List<SectionToSend> _accepted = [];

    public IReadOnlyList<SectionToSend> Accepted => _accepted;

    /// <summary>The mid is one of the offer's, of audio or video.</summary>
    public SectionOutcome Consider(SectionWish wish)
    {
        MediaKind kind = offer.KindOf(wish.Mid)!.Value;
        (string? refusal, string? detail) = Grant(wish, kind);
        return new SectionOutcome(wish.Mid, wish.Publication, kind, refusal, detail);
    }

    private (string? Refusal, string? Detail) Grant(SectionWish wish, MediaKind kind)
    {
        if (!offer.CanReceive(wish.Mid))
            return (WishRefusal.NotReceiving, "The section must be recvonly or sendrecv, and in the BUNDLE group.");
        if (!_granted.Add((wish.Publication, kind)))
            return (WishRefusal.Duplicate, "Another section gets the same.");
        WishFacts known = facts[wish.Mid];
        SentSection? before = session.SectionOf(wish.Mid);
        bool isKicked = session.SubscriptionOf(wish.Publication) is { IsKicked: true };
        if (before?.StreamId == wish.Publication)
        {
            // It stands, whatever has become of its source meanwhile.
            _accepted.Add(new SectionToSend(wish.Mid, wish.Publication, known.Sendable, before));
            return isKicked ? (WishRefusal.Kicked, "An administrator has ended it.") : (null, null);
        }

        if (isKicked) return (WishRefusal.Kicked, "An administrator has ended it.");
        if (!known.IsThere) return (WishRefusal.UnknownPublication, $"Nobody publishes {wish.Publication}.");
        if (known.Obstacle is { } obstacle) return obstacle;
        _accepted.Add(new SectionToSend(wish.Mid, wish.Publication, known.Sendable));
        return (null, null);
    }
}
