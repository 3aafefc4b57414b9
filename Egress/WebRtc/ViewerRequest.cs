using System.Net;
using Protocols.Sdp;

namespace Egress.WebRtc;

/// <summary>Somebody wants to watch.</summary>
/// <param name="Publication">Null = the oldest live one.</param>
/// <param name="Entrance">The protocol entrance, such as <c>whep</c>.</param>
/// <param name="Remote">Where the request came from: who asks over loopback gets loopback candidates.</param>
public sealed record ViewerRequest(
    string Room, string? Publication, SessionDescription Offer, string Entrance, IPAddress? Remote);

public enum ViewerOutcome
{
    /// <summary>The answer is there, the session waits for the viewer.</summary>
    Accepted,

    /// <summary>Nothing of that name is live.</summary>
    NothingLive,

    /// <summary>The offer cannot be answered.</summary>
    BadOffer,

    /// <summary>The viewer takes nothing that can be sent.</summary>
    NoCommonCodec,

    /// <summary>The offer is fine, but nothing is left that could be sent now.</summary>
    NothingToSend,

    /// <summary>WebRTC does not work on this machine.</summary>
    WebRtcOff,
}

/// <summary>What became of a <see cref="ViewerRequest"/>.</summary>
/// <param name="Viewer">Only where it was accepted.</param>
/// <param name="Answer">The SDP for the viewer, only where it was accepted.</param>
/// <param name="Detail">What a person should read of a refusal.</param>
public sealed record ViewerAnswer(
    ViewerOutcome Outcome, WebRtcSubscriber? Viewer = null, SessionDescription? Answer = null, string? Detail = null);
