using Protocols.Net;
using Route = Protocols.Net.Route;

namespace Gateway.Hosting;

/// <summary>Puts what sessions send into the send ring of their loop's endpoint.</summary>
internal sealed class EndpointSender(UdpEndpoint endpoint) : IDatagramSender
{
    private Route _route;

    public Span<byte> Reserve(in Route route, int length)
    {
        _route = route;
        return endpoint.Reserve(length);
    }

    public void Commit(int length)
    {
        if (length > 0) endpoint.Commit(_route, length);
    }
}
