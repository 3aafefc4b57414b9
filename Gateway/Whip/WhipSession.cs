using Gateway.Signalling;
using Ingest.WebRtc;
using Protocols.Ice;
using Protocols.Sdp;
using Rooms;

namespace Gateway.Whip;

/// <summary>One publisher as HTTP sees it.</summary>
internal sealed class WhipSession(WebRtcIngest ingest, WebRtcPublisher publisher, SessionDescription offer, SessionDescription answer)
    : SignallingSession(publisher.Id, publisher.Credentials, offer, answer)
{
    public override Task<bool> LeaveAsync() => ingest.CloseAsync(PeerId, CloseReason.Left);

    public override Task<IceCredentials?> RestartIceAsync() => ingest.RestartIceAsync(PeerId);
}
