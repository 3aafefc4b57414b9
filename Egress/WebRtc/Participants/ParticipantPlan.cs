using Media;
using Protocols.Sdp;
using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc.Participants;

/// <summary>Which wishes of one offer are granted, and which sections that makes. Loop of the session.</summary>
internal sealed class ParticipantPlan(ReceivingOffer offer, ParticipantSubscriber session)
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
        SentSection? before = session.SectionOf(wish.Mid);
        bool isKicked = session.SubscriptionOf(wish.Publication) is { IsKicked: true };
        if (before?.StreamId == wish.Publication)
        {
            // It stands, whatever has become of its source meanwhile.
            _accepted.Add(new SectionToSend(wish.Mid, wish.Publication, Sendable(wish, kind), before));
            return isKicked ? (WishRefusal.Kicked, "An administrator has ended it.") : (null, null);
        }

        if (isKicked) return (WishRefusal.Kicked, "An administrator has ended it.");
        if (session.Find(wish.Publication) is not { } publication)
            return (WishRefusal.UnknownPublication, $"Nobody publishes {wish.Publication}.");
        if (publication.Loop != session.Loop)
            return (WishRefusal.OtherLoop, "The publication lives on another media loop than this session.");
        if (Obstacle(wish.Mid, kind, publication) is { } obstacle) return obstacle;
        _accepted.Add(new SectionToSend(wish.Mid, wish.Publication, Sendable(wish, kind)));
        return (null, null);
    }

    private SendableMedia Sendable(SectionWish wish, MediaKind kind) => SendableCodecs.NowAndLater(session.Find(wish.Publication), kind);

    /// <summary>
    /// An accepted section of video that never carries a packet keeps a browser's player of both waiting, so it must be
    /// possible now. Sound may come later.
    /// </summary>
    private (string, string)? Obstacle(string mid, MediaKind kind, Publication publication)
    {
        Codec[] codecs = [.. SendableCodecs.Of(publication, kind)];
        if (codecs.Length == 0) return (WishRefusal.NoVideo, "No video is published.");
        Codec[] common = [.. codecs.Where(codec => offer.Takes(mid, codec))];
        if (common.Length == 0)
        {
            return (WishRefusal.NoCommonCodec,
                $"The section can receive {offer.Describe(mid)}. This stream can be sent as {string.Join(", ", codecs.Select(codec => codec.Name()))}.");
        }

        // What is not shown needs no conversion yet.
        if (kind == MediaKind.Audio || !session.IsShown(publication.Name)) return null;
        string? reason = null;
        foreach (Codec codec in common)
        {
            TrackView view = publication.Views.Find(new TrackShape(TrackForm.Packets, codec, ForBrowsers: true));
            if (view.Track is not null) return null;
            reason ??= view.Reason;
        }

        return (WishRefusal.NoCommonCodec, reason!);
    }
}
