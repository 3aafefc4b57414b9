namespace Protocols.Dtls;

/// <summary>Why a DTLS association ended.</summary>
public enum DtlsCloseReason
{
    /// <summary>We closed it.</summary>
    Local,

    /// <summary>The peer sent close_notify.</summary>
    PeerClosed,

    /// <summary>The peer sent a fatal alert.</summary>
    PeerAlert,

    /// <summary>No common ground, or a message that breaks the protocol.</summary>
    HandshakeFailed,

    HandshakeTimeout,

    /// <summary>The peer's certificate is not the one that its SDP announced.</summary>
    FingerprintMismatch,

    /// <summary>The handshake agreed on no SRTP profile.</summary>
    NoSrtpProfile,
}
