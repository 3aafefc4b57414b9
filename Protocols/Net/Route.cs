namespace Protocols.Net;

/// <summary>
/// The way between us and a peer: the local address that a datagram was sent to and the remote address that it came
/// from, by UDP or over a TCP connection. What is sent back along a route leaves from its local address, else the peer
/// would not know it. Usable as a dictionary key.
/// </summary>
public readonly struct Route(TransportAddress local, TransportAddress remote, TransportProtocol protocol = TransportProtocol.Udp)
    : IEquatable<Route>
{
    public TransportAddress Local { get; } = local;

    public TransportAddress Remote { get; } = remote;

    public TransportProtocol Protocol { get; } = protocol;

    public bool IsIPv4 => Remote.IsIPv4;

    public bool Equals(Route other) => Remote.Equals(other.Remote) && Local.Equals(other.Local) && Protocol == other.Protocol;

    public override bool Equals(object? obj) => obj is Route other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Remote, Local, Protocol);

    public static bool operator ==(Route left, Route right) => left.Equals(right);

    public static bool operator !=(Route left, Route right) => !left.Equals(right);

    public override string ToString() => $"{Local} <-> {Remote}{(Protocol == TransportProtocol.Tcp ? " (TCP)" : "")}";
}
