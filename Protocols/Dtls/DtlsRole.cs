namespace Protocols.Dtls;

/// <summary>Who sends the ClientHello: a=setup:active is the client, a=setup:passive the server (RFC 5763 §5).</summary>
public enum DtlsRole
{
    Server,
    Client,
}
