using Protocols.Net;

namespace Protocols.Ice;

/// <summary>
/// Told by an <see cref="IceLiteAgent"/>, on its loop and from within its calls. Only queue sends and note news here;
/// don't call the agent back.
/// </summary>
public interface IIceListener
{
    /// <summary>Send this along that route. The bytes are only lent.</summary>
    void OnStunResponse(ReadOnlySpan<byte> datagram, in Route route);

    /// <summary>A route that the peer has proved to own: DTLS and media may be taken from it from now on.</summary>
    void OnRouteValidated(in Route route);

    /// <summary>The agent no longer remembers the route; datagrams from it are a stranger's.</summary>
    void OnRouteForgotten(in Route route);

    /// <summary>Send media this way from now on.</summary>
    void OnRouteSelected(in Route route);

    void OnIceStateChanged(IceState state);
}
