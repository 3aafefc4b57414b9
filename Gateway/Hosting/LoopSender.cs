using Gateway.IceTcp;
using Protocols.Net;
using Protocols.Srtp;
using Route = Protocols.Net.Route;

namespace Gateway.Hosting;

/// <summary>Puts what sessions send into the send ring of their loop's endpoint, or into the queue of a TCP connection.</summary>
internal sealed class LoopSender(UdpEndpoint endpoint, IceTcpRoutes streams) : IDatagramSender
{
    private Route _route;
    private IceTcpStream? _stream;

    /// <summary>A stream's bytes leave the memory they were written into as soon as they are committed.</summary>
    public SrtpBatch? Batch => _route.Protocol == TransportProtocol.Udp ? endpoint.Batch : null;

    public Span<byte> Reserve(in Route route, int length)
    {
        _route = route;
        _stream = null;
        if (route.Protocol == TransportProtocol.Udp) return endpoint.Reserve(length);
        _stream = streams.Find(route);
        return _stream is null ? [] : _stream.Reserve(length);
    }

    public void Commit(int length)
    {
        if (length <= 0) return;
        if (_route.Protocol == TransportProtocol.Udp) endpoint.Commit(_route, length);
        else _stream?.Commit(length);
    }
}
