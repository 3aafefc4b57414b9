namespace Protocols.Net;

/// <summary>What carries the datagrams of a route.</summary>
public enum TransportProtocol
{
    Udp,

    /// <summary>A connection that carries them one after the other, each with its length (RFC 4571, RFC 6544).</summary>
    Tcp,
}
