using Protocols.Sdp;
using Protocols.WebRtc;

namespace Ingest.WebRtc;

/// <summary>All that the session of a <see cref="PublisherSession"/> is made from.</summary>
/// <param name="Ssrc">Ours in reports and requests.</param>
/// <param name="Cname">Ours in descriptions.</param>
internal sealed record PublisherSetup(
    PublisherNegotiation Negotiation, WebRtcSessionOptions Session, LoopTransport Transport, uint Ssrc, string Cname);
