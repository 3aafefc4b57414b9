using Media.Scheduling;
using Protocols.Sdp;
using Protocols.WebRtc;
using Rooms;

namespace Egress.WebRtc;

/// <summary>All that a <see cref="WebRtcSubscriber"/> is made from.</summary>
internal sealed record ViewerSetup(
    string Id, string Entrance, Publication Publication, MediaLoop Loop, ViewerNegotiation Negotiation, WebRtcSessionOptions Session,
    LoopTransport Transport, ViewerOptions Options, Random Random);
