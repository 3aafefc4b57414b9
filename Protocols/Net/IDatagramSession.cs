namespace Protocols.Net;

/// <summary>A peer that a <see cref="SessionTable"/> finds for a datagram.</summary>
public interface IDatagramSession
{
    /// <summary>Takes a datagram that is the session's by its route, or a STUN check that names its user name fragment.</summary>
    void Receive(ReadOnlySpan<byte> datagram, in Route route, long now);

    /// <summary>
    /// Media from a route that nobody has validated: true if it is this session's by its protection, which is how a peer
    /// is known whom a NAT has moved. The session has taken it then, and has validated the route.
    /// </summary>
    bool TryFollow(ReadOnlySpan<byte> datagram, in Route route, long now) => false;

    /// <summary>The TCP connection that was this route is closed: nothing comes or goes along it any more.</summary>
    void OnRouteLost(in Route route)
    {
    }
}
