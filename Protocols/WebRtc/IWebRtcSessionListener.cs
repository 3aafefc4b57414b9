using Protocols.Net;
using Protocols.Rtcp;

namespace Protocols.WebRtc;

/// <summary>
/// Told by a <see cref="WebRtcSession"/>, on its loop and from within its calls. Sending and closing are allowed here.
/// </summary>
public interface IWebRtcSessionListener
{
    /// <summary>DTLS is done, SRTP keys are in place: media may flow.</summary>
    void OnConnected(long now);

    /// <summary>The peer has been silent for 8 s; its place is kept.</summary>
    void OnDisconnected(long now);

    void OnReconnected(long now);

    /// <summary>The session is over. Not called for <see cref="WebRtcSession.Close"/>.</summary>
    /// <param name="detail">What to log beside the reason.</param>
    void OnClosed(WebRtcCloseReason reason, string? detail);

    /// <summary>One authentic RTCP packet of a compound; borrowed.</summary>
    void OnRtcp(in RtcpPacket packet, long now);

    /// <summary>One authentic RTP packet, decrypted, in a buffer of its own; borrowed: to keep it, add a reference.</summary>
    void OnRtp(in ReceivedRtp packet, long now);

    /// <summary>Datagrams from that route are this session's from now on.</summary>
    void OnRouteValidated(in Route route);

    void OnRouteForgotten(in Route route);

    /// <summary><see cref="WebRtcSession.NextDeadline"/> is sooner than it was.</summary>
    void OnDeadlineChanged();
}
