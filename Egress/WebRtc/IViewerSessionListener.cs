using Protocols.Rtcp;
using Rooms;

namespace Egress.WebRtc;

/// <summary>Told by a <see cref="ViewerSession"/>, on its loop.</summary>
internal interface IViewerSessionListener
{
    /// <summary>When <see cref="Advance"/> has something to do; <see cref="long.MaxValue"/> = never.</summary>
    long NextDeadline { get; }

    void Advance(long now);

    /// <summary>Media may flow.</summary>
    /// <param name="mayResend">See <see cref="OutgoingStream.MayResend"/>.</param>
    void OnConnected(bool mayResend, long now);

    /// <summary>What the API shows of the session: <c>connected</c> or <c>disconnected</c>.</summary>
    void OnStateChanged(string state);

    void OnRtcp(in RtcpPacket packet, long now);

    /// <summary>The session is over, other than by <see cref="ViewerSession.Close"/>.</summary>
    void OnClosed(CloseReason reason, string? detail);
}
