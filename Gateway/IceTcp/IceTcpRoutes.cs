using Route = Protocols.Net.Route;

namespace Gateway.IceTcp;

/// <summary>The TCP connections of one loop's sessions, by the route that each of them is. Lives on its loop.</summary>
internal sealed class IceTcpRoutes
{
    private readonly Dictionary<Route, IceTcpStream> _streams = [];

    public IceTcpStream? Find(in Route route) => _streams.GetValueOrDefault(route);

    public void Add(in Route route, IceTcpStream stream) => _streams[route] = stream;

    /// <summary>False: another connection is that route by now.</summary>
    public bool Remove(in Route route, IceTcpStream stream) => Find(route) == stream && _streams.Remove(route);
}
