using Egress.WebRtc;
using Gateway.Signalling;
using Protocols.Ice;
using Protocols.Sdp;
using Rooms;

namespace Gateway.Whep;

/// <summary>One viewer as HTTP sees it.</summary>
internal sealed class WhepSession(WebRtcEgress egress, WebRtcSubscriber viewer, SessionDescription offer, SessionDescription answer)
    : SignallingSession(viewer.Id, viewer.Credentials, offer, answer)
{
    public WebRtcSubscriber Viewer { get; } = viewer;

    public override Task<bool> LeaveAsync() => egress.CloseAsync(PeerId, CloseReason.Left);

    public override Task<IceCredentials?> RestartIceAsync() => egress.RestartIceAsync(PeerId);
}
