namespace Protocols.WebRtc;

/// <summary>Why a session ended, other than by our own will.</summary>
public enum WebRtcCloseReason
{
    /// <summary>The peer said goodbye (DTLS close_notify).</summary>
    PeerClosed,

    /// <summary>No check, or no handshake, since the session was made.</summary>
    NeverConnected,

    /// <summary>It was connected and has been silent for 25 s.</summary>
    PeerGone,

    /// <summary>The peer's certificate is not the one its SDP announced.</summary>
    FingerprintMismatch,

    /// <summary>Any other end of the handshake.</summary>
    DtlsFailed,
}
