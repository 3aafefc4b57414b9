using System.Net;
using Gateway.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Protocols.Net;
using Route = Protocols.Net.Route;

namespace Gateway.IceTcp;

/// <summary>Where Kestrel hands over the TCP connections of the WebRTC port; each becomes an <see cref="IceTcpConnection"/>.</summary>
internal sealed partial class IceTcpConnectionHandler(
    MediaNetwork network, MediaLoops loops, IceTcpMetrics metrics, TimeProvider time, ILogger<IceTcpConnectionHandler> logger)
    : ConnectionHandler
{
    /// <summary>More than this at a time are turned away.</summary>
    private const int MaxConnections = 2000;

    /// <summary>An office behind one address may begin at the same moment.</summary>
    private const int MostWaitingPerHost = 64;

    private readonly WaitingConnections _waiting = new(MostWaitingPerHost);
    private int _connections;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (connection is not { LocalEndPoint: IPEndPoint local, RemoteEndPoint: IPEndPoint remote }) return;
        metrics.Opened();
        int count = Interlocked.Increment(ref _connections);
        IceTcpCloseReason reason = IceTcpCloseReason.TooMany;
        try
        {
            if (count <= MaxConnections && _waiting.TryEnter(remote.Address)) reason = await ServeAsync(connection, local, remote);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
            metrics.Closed(reason);
            LogClosed(reason);
        }
    }

    private async Task<IceTcpCloseReason> ServeAsync(ConnectionContext connection, IPEndPoint local, IPEndPoint remote)
    {
        bool isWaiting = true;
        try
        {
            if (connection.Features.Get<IConnectionSocketFeature>() is { } feature) StreamSocket.KeepShort(feature.Socket);
            var route = new Route(TransportAddress.From(local), TransportAddress.From(remote), TransportProtocol.Tcp);
            var ice = new IceTcpConnection(connection, route, network, loops.All, metrics, () =>
            {
                isWaiting = false;
                _waiting.Leave(remote.Address);
            });
            return await ice.RunAsync(time);
        }
        finally
        {
            if (isWaiting) _waiting.Leave(remote.Address);
        }
    }

    [LoggerMessage(EventId = 1701, Level = LogLevel.Debug, Message = "ICE-TCP connection closed: {Reason}")]
    private partial void LogClosed(IceTcpCloseReason reason);
}
