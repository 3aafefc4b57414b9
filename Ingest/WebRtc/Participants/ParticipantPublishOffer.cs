using System.Collections.Immutable;
using System.Net;
using Media;
using Protocols.Sdp;

namespace Ingest.WebRtc.Participants;

/// <summary>A participant's sending peer connection offers, for the first time or again.</summary>
/// <param name="Owner">What proves that it is the same party: it alone takes its publications back.</param>
/// <param name="Session">What answered the participant's offer before; null = nothing did.</param>
/// <param name="Sections">What the sections are to be; those without an entry stay inactive.</param>
/// <param name="Remote">Where the request came from: who asks over loopback gets loopback candidates.</param>
public sealed record ParticipantPublishOffer(
    string Room, string Owner, ParticipantPublisher? Session, SessionDescription Offer, ImmutableArray<SectionSource> Sections, IPAddress? Remote);

/// <param name="Mid">A section of the offer.</param>
/// <param name="Publication">The full name of the publication that it is a track of.</param>
public sealed record SectionSource(string Mid, string Publication);

public enum ParticipantPublishOutcome
{
    /// <summary>The answer is there; single sections may have been refused.</summary>
    Accepted,

    /// <summary>The offer cannot be answered; the session that is there, if any, goes on as it was.</summary>
    BadOffer,

    /// <summary>The offer is of a peer connection whose session is over: only another peer connection helps.</summary>
    SessionEnded,
}

/// <summary>What became of a <see cref="ParticipantPublishOffer"/>.</summary>
/// <param name="Session">The session that the answer is of: the one before, or one that has replaced it.</param>
/// <param name="Answer">The SDP for the participant, only where it was accepted.</param>
/// <param name="Sections">What became of each section that was to be published, in the request's order.</param>
/// <param name="Detail">What a person should read of an offer that is of no use.</param>
public sealed record ParticipantPublishAnswer(
    ParticipantPublishOutcome Outcome, ParticipantPublisher? Session, SessionDescription? Answer,
    ImmutableArray<PublishedSection> Sections, string? Detail = null);

/// <param name="Refusal">Why nothing is taken from it; null = it is published.</param>
public sealed record PublishedSection(string Mid, string Publication, MediaKind Kind, string? Refusal);
