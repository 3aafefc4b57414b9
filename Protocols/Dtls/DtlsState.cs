namespace Protocols.Dtls;

/// <summary>Handshaking -> Connected -> Closed, or straight to Closed.</summary>
internal enum DtlsState
{
    Handshaking,
    Connected,
    Closed,
}
