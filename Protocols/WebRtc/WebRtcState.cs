namespace Protocols.WebRtc;

/// <summary>
/// Connecting -> Connected when SRTP keys are there; Connected -> Disconnected when the peer falls silent, and back;
/// all -> Closed, which is final.
/// </summary>
public enum WebRtcState
{
    Connecting,
    Connected,
    Disconnected,
    Closed,
}
