using System.Net;
using Protocols.Sdp;
using Rooms.Publishing;

namespace Ingest.WebRtc;

/// <summary>Somebody wants to publish by WebRTC.</summary>
/// <param name="Place">Room, name, and what proves that it is the same party.</param>
/// <param name="Remote">Where the request came from: who asks over loopback gets loopback candidates.</param>
public sealed record PublisherRequest(PublishRequest Place, SessionDescription Offer, IPAddress? Remote);

public enum PublisherOutcome
{
    /// <summary>The answer is there, the session waits for the publisher.</summary>
    Accepted,

    /// <summary>The offer cannot be answered.</summary>
    BadOffer,

    /// <summary>The publisher sends nothing that is taken.</summary>
    NoCommonCodec,

    /// <summary>The place is not to be had, see <see cref="PublisherAnswer.Refusal"/>.</summary>
    Refused,
}

/// <summary>What became of a <see cref="PublisherRequest"/>.</summary>
/// <param name="Publisher">Only where it was accepted.</param>
/// <param name="Answer">The SDP for the publisher, only where it was accepted.</param>
/// <param name="Detail">What a person should read of an offer that is of no use.</param>
public sealed record PublisherAnswer(
    PublisherOutcome Outcome, WebRtcPublisher? Publisher = null, SessionDescription? Answer = null, string? Detail = null,
    PublishRefusal? Refusal = null);
