using Media.Scheduling;
using Protocols.Ice;
using Protocols.Rtp;
using Protocols.Sdp;
using Protocols.WebRtc;
using Rooms;
using Rooms.Publishing;

namespace Ingest.WebRtc.Participants;

/// <summary>
/// The entrance for what a room's participants send: one session each, which answers all offers of one peer connection,
/// and is replaced by that of the next. Thread safe.
/// </summary>
/// <param name="maxSections">Sections that one participant may send in.</param>
public sealed class ParticipantIngest(RoomRegistry rooms, WebRtcTransport transport, int maxSections = 4)
{
    /// <summary>The protocol entrance of participants.</summary>
    public const string Entrance = "room";

    /// <summary>A session is over: why, and what to log beside. Raised on its loop.</summary>
    public event Action<ParticipantPublisher, CloseReason, string?>? Closed;

    /// <summary>How loud a packet of a publication is (RFC 6464). Raised on the loop, for each packet that says so.</summary>
    public event Action<Publication, AudioLevel, long>? AudioLevel;

    public Task<ParticipantPublishAnswer> AnswerAsync(ParticipantPublishOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        MediaLoop loop = offer.Session?.Loop ?? rooms.LoopFor(offer.Room, offer.Sections.Select(section => section.Publication));
        return loop.InvokeAsync(() => Answer(offer, loop));
    }

    internal void Tell(Publication publication, AudioLevel level, long now) => AudioLevel?.Invoke(publication, level, now);

    internal void Unpublish(PublisherPlace place, CloseReason reason) => rooms.Unpublish(place.Publication, place, reason);

    internal void OnClosed(ParticipantPublisher publisher, CloseReason reason, string? detail) => Closed?.Invoke(publisher, reason, detail);

    private ParticipantPublishAnswer Answer(ParticipantPublishOffer request, MediaLoop loop)
    {
        var plan = new SectionPlan(request, maxSections);
        ParticipantPublisher? session = request.Session;
        // Whoever has a place must not lose it to an offer that is of no use.
        if (!TryNegotiate(request, plan, IceCredentials.Create(0, transport.Random), out PublisherNegotiation? trial, out NegotiationFailure? failure))
            return Refuse(ParticipantPublishOutcome.BadOffer, session, failure!.Detail);
        plan.Refuse(trial!.Refusals);
        bool isSame = session?.IsOf(trial) == true;
        if (isSame && session!.IsClosed)
            return Refuse(ParticipantPublishOutcome.SessionEnded, null, "The session of this peer connection is over. Make another peer connection.");

        ParticipantPublisher publisher = isSame
            ? session!
            : new ParticipantPublisher(transport.NewId(), loop, this, new AnswerOrigin(transport.Random), session);
        publisher.Forgive(plan.Publications);
        TakePlaces(request, plan, publisher, trial);
        IceCredentials credentials = isSame && !session!.IsRestart(trial.RemoteCredentials)
            ? session.Credentials
            : transport.NewCredentials(loop);
        if (!TryNegotiate(request, plan, credentials, out PublisherNegotiation? negotiation, out _))
            throw new InvalidOperationException("An offer that was answered is not answered with fewer sections.");
        publisher.Remember(request.Offer);
        if (isSame) publisher.Update(negotiation!, credentials, plan.PublicationByMid(negotiation!));
        else publisher.Open(SetupOf(loop, negotiation!, credentials), plan.PublicationByMid(negotiation!));
        return new ParticipantPublishAnswer(ParticipantPublishOutcome.Accepted, publisher, negotiation!.Answer, plan.Outcome);
    }

    private static ParticipantPublishAnswer Refuse(ParticipantPublishOutcome outcome, ParticipantPublisher? session, string detail) =>
        new(outcome, session, null, [], detail);

    private bool TryNegotiate(
        ParticipantPublishOffer request, SectionPlan plan, IceCredentials credentials, out PublisherNegotiation? negotiation,
        out NegotiationFailure? failure) =>
        OfferAnswer.TryAnswerPublisher(
            request.Offer, plan.Media, transport.LocalPeer(credentials, request.Remote), out negotiation, out failure);

    private PublisherSetup SetupOf(MediaLoop loop, PublisherNegotiation negotiation, IceCredentials credentials) => new(
        negotiation, transport.SessionOptions(loop, credentials, negotiation.RemoteFingerprint), transport.Of(loop),
        transport.NewNumber(), transport.NewId());

    /// <summary>A place for each publication that something comes of; where there is none, its sections are refused.</summary>
    private void TakePlaces(ParticipantPublishOffer request, SectionPlan plan, ParticipantPublisher publisher, PublisherNegotiation trial)
    {
        foreach (string name in plan.PublicationByMid(trial).Values.Distinct())
        {
            if (publisher.IsKicked(name)) plan.Refuse(name, "the publication was ended by an administrator");
            else if (!publisher.Has(name)) TakePlace(request, plan, publisher, name);
        }
    }

    private void TakePlace(ParticipantPublishOffer request, SectionPlan plan, ParticipantPublisher publisher, string name)
    {
        PublisherPlace place = publisher.NewPlace();
        PublishResult result = rooms.Publish(new PublishRequest(request.Room, name, Entrance, request.Owner, publisher.Loop), place);
        if (result.Writer is { } writer) publisher.Add(name, place, writer);
        else plan.Refuse(name, Describe(result.Refusal, name));
    }

    private static string Describe(PublishRefusal refusal, string name) => refusal switch
    {
        PublishRefusal.NameTaken => $"somebody else publishes '{name}'",
        PublishRefusal.TakeoverTooOften => $"'{name}' was taken over too often, try again in ten seconds",
        PublishRefusal.TooManyRooms => "there are too many rooms",
        PublishRefusal.TooManyPublications => "there are too many publications in the room",
        _ => "the gateway is stopping",
    };
}
