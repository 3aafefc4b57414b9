using System.Net;
using Protocols.Sdp;
using Rooms.Publishing;

namespace Ingest.Rtp;

/// <summary>Somebody wants to send plain RTP.</summary>
/// <param name="Place">Room, name, and what proves that it is the same party.</param>
/// <param name="Description">What will be sent.</param>
/// <param name="Address">Ours, as the sender reaches it.</param>
public sealed record RtpPublishRequest(PublishRequest Place, SessionDescription Description, IPAddress Address);

public enum RtpPublishOutcome
{
    /// <summary>The ports are open.</summary>
    Accepted,

    /// <summary>The description asks for something that is not done.</summary>
    BadDescription,

    /// <summary>Nothing is sent that is taken.</summary>
    NoCommonCodec,

    /// <summary>All ports are in use.</summary>
    NoPorts,

    /// <summary>The place is not to be had, see <see cref="RtpPublishAnswer.Refusal"/>.</summary>
    Refused,
}

/// <summary>What became of a <see cref="RtpPublishRequest"/>.</summary>
/// <param name="Publisher">Only where it was accepted.</param>
/// <param name="Answer">Where to send to, only where it was accepted.</param>
/// <param name="Detail">What a person should read of a description that is of no use.</param>
public sealed record RtpPublishAnswer(
    RtpPublishOutcome Outcome, RtpPublisher? Publisher = null, SessionDescription? Answer = null, string? Detail = null,
    PublishRefusal? Refusal = null);
