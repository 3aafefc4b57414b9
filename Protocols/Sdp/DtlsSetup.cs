namespace Protocols.Sdp;

/// <summary>Who starts the DTLS handshake (RFC 8842 §5): active = client.</summary>
public enum DtlsSetup
{
    ActPass,
    Active,
    Passive,
    HoldConnection,
}
