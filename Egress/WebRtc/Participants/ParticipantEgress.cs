using System.Collections.Concurrent;
using System.Collections.Immutable;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Sdp;
using Protocols.WebRtc;
using Rooms;

namespace Egress.WebRtc.Participants;

/// <summary>
/// The entrance for participants of rooms, who receive any number of publications over one session each: an offer in, an
/// answer out, again and again. Thread safe.
/// </summary>
public sealed class ParticipantEgress(
    RoomRegistry rooms, WebRtcTransport transport, WebRtcEgressOptions options)
{
    private readonly ConcurrentDictionary<string, ParticipantSubscriber> _sessions = new();
    private readonly ViewerOptions _options = options.ToViewerOptions();

    /// <summary>
    /// A session is over: why, and what to log beside. Raised on its loop; also where an offer of a new peer connection
    /// replaced it (<see cref="CloseReason.Replaced"/>).
    /// </summary>
    public event Action<ParticipantSubscriber, CloseReason, string?>? Closed;

    /// <summary>Sessions that are not over.</summary>
    public int Sessions => _sessions.Count;

    public async Task<ParticipantAnswer> AnswerAsync(ParticipantOffer offer, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(offer);
        cancellation.ThrowIfCancellationRequested();
        if (!ReceivingOffer.TryCreate(offer.Offer, out ReceivingOffer? receiving, out NegotiationFailure? failure))
            return BadOffer(failure!.Detail);
        if (Complaint(receiving!, offer.Wishes) is { } complaint) return BadOffer(complaint);

        IReadOnlyCollection<string> toBeChecked = offer.Session is { } asking
            ? await asking.Loop.InvokeAsync(() => asking.ToBeChecked(offer.Wishes)).ConfigureAwait(false)
            : [.. offer.Wishes.Select(wish => wish.Mid)];
        IReadOnlyDictionary<string, WishFacts> facts = await WishFacts.GatherAsync(rooms, offer, receiving!, toBeChecked).ConfigureAwait(false);
        if (offer.Session is { } session && session.RemoteFingerprint.Equals(receiving!.RemoteFingerprint)
            && await session.Loop.InvokeAsync(() => GoOn(session, receiving, offer, facts)).ConfigureAwait(false) is { } same)
            return same;
        MediaLoop loop = rooms.Loads.Take(LoopOf(offer));
        ParticipantAnswer answer = await loop.InvokeAsync(() => Begin(loop, receiving!, offer, facts)).ConfigureAwait(false);
        if (offer.Session is { } before) await before.CloseAsync(CloseReason.Replaced).ConfigureAwait(false);
        return answer;
    }

    /// <summary>Ends all sessions.</summary>
    public Task CloseAsync(CloseReason reason) => Task.WhenAll(_sessions.Values.Select(session => session.CloseAsync(reason)));

    private static ParticipantAnswer BadOffer(string? detail) => new(ParticipantOutcome.BadOffer, null, null, [], detail);

    private static string? Complaint(ReceivingOffer offer, ImmutableArray<SectionWish> wishes)
    {
        var mids = new HashSet<string>();
        foreach (SectionWish wish in wishes)
        {
            if (!offer.Contains(wish.Mid)) return $"The offer has no section with the mid {wish.Mid}.";
            if (offer.KindOf(wish.Mid) is null) return $"Section {wish.Mid} is neither audio nor video.";
            if (!mids.Add(wish.Mid)) return $"Section {wish.Mid} is named twice.";
        }

        return null;
    }

    /// <summary>Null: the offer is of a new transport, which needs a new session.</summary>
    private static ParticipantAnswer? GoOn(
        ParticipantSubscriber session, ReceivingOffer receiving, ParticipantOffer offer, IReadOnlyDictionary<string, WishFacts> facts)
    {
        if (session.IsClosed)
            return new ParticipantAnswer(ParticipantOutcome.SessionClosed, null, null, [], "The session of this peer connection has ended; make a new one.");
        return session.IsOnAnotherTransport(receiving) ? null : session.Answer(receiving, offer, facts);
    }

    /// <summary>The loop of what is to be sent, if there is anything.</summary>
    private MediaLoop? LoopOf(ParticipantOffer offer)
    {
        foreach (SectionWish wish in offer.Wishes)
            if (rooms.Find(offer.Room, wish.Publication) is { } publication) return publication.Loop;
        return null;
    }

    /// <summary>On that loop.</summary>
    private ParticipantAnswer Begin(
        MediaLoop loop, ReceivingOffer receiving, ParticipantOffer offer, IReadOnlyDictionary<string, WishFacts> facts)
    {
        IceCredentials credentials = transport.NewCredentials(loop);
        var setup = new ParticipantSetup(
            transport.NewId(), offer.Room, offer.Participant, loop, rooms, transport,
            transport.SessionOptions(loop, credentials, receiving.RemoteFingerprint), _options, receiving.RemoteCredentials);
        var session = new ParticipantSubscriber(setup, OnClosed);
        _sessions[session.Id] = session;
        return session.Answer(receiving, offer, facts);
    }

    private void OnClosed(ParticipantSubscriber session, CloseReason reason, string? detail)
    {
        _sessions.TryRemove(session.Id, out _);
        rooms.Loads.Release(session.Loop);
        Closed?.Invoke(session, reason, detail);
    }
}
