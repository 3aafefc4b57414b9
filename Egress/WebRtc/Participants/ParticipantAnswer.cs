using System.Collections.Immutable;
using Media;
using Protocols.Sdp;

namespace Egress.WebRtc.Participants;

public enum ParticipantOutcome
{
    /// <summary>The answer is there; what could not be granted of the wishes is in the sections.</summary>
    Accepted,

    /// <summary>The offer cannot be answered; what runs goes on as it was.</summary>
    BadOffer,

    /// <summary>The offer is for a peer connection whose session has ended: another one is needed.</summary>
    SessionClosed,
}

/// <summary>What became of a <see cref="ParticipantOffer"/>.</summary>
/// <param name="Session">
/// The one that goes on, or a new one where the offer is of a new peer connection; the session before is closed then.
/// </param>
/// <param name="Answer">The SDP for the participant, only where it was accepted.</param>
/// <param name="Sections">What became of the wishes, in their order.</param>
/// <param name="Detail">What a person should read of a refusal.</param>
public sealed record ParticipantAnswer(
    ParticipantOutcome Outcome, ParticipantSubscriber? Session, SessionDescription? Answer, ImmutableArray<SectionOutcome> Sections,
    string? Detail);

/// <param name="Refusal">One of <see cref="WishRefusal"/>; null = granted.</param>
/// <param name="Detail">What a person should read of the refusal.</param>
public sealed record SectionOutcome(string Mid, string Publication, MediaKind Kind, string? Refusal, string? Detail = null);

/// <summary>Why a wish is not granted: stable names for signalling.</summary>
public static class WishRefusal
{
    /// <summary>Nobody publishes under the name.</summary>
    public const string UnknownPublication = "unknown-publication";

    /// <summary>The publication has no video yet; another offer may ask again when it has.</summary>
    public const string NoVideo = "no-video";

    /// <summary>The section's direction, or its protocol, lets nothing be sent.</summary>
    public const string NotReceiving = "not-receiving";

    /// <summary>The section takes none of the codecs that there are, and no conversion helps.</summary>
    public const string NoCommonCodec = "no-common-codec";

    /// <summary>The same sound or picture is wanted in another section.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>Taken away through the API; what else there is of the publication is silent, too, until none is wanted any more.</summary>
    public const string Kicked = "kicked";
}
