using Gateway.IceTcp;
using Gateway.Options;
using Media.Buffers;
using Media.Scheduling;
using Protocols.Net;
using Protocols.WebRtc;

namespace Gateway.Hosting;

/// <summary>
/// What the media loops sleep on, and the one UDP port of all WebRTC sessions. Opened when it is made, before the first
/// loop runs: a port that is taken stops the start.
/// </summary>
internal sealed class MediaNetwork : IDisposable
{
    private readonly NetworkWaiter[] _waiters;
    private readonly LoopTransport[] _transports = [];

    /// <exception cref="OptionException">The port can't be had.</exception>
    public MediaNetwork(GatewayOptions options, MonotonicClock clock)
    {
        int wanted = options.WebRtc.Loops > 0 ? options.WebRtc.Loops : Environment.ProcessorCount;
        int loops = Math.Min(wanted, UdpEndpoint.MaxLoops);
        _waiters = [.. Enumerable.Range(0, loops).Select(_ => NetworkWaiter.Create(clock))];
        if (options.WebRtc.Port.IsOff) return;

        Tables = [.. Enumerable.Range(0, loops).Select(loop => new SessionTable(loop))];
        Endpoints = Open(options.WebRtc.Port, Tables);
        TcpRoutes = [.. Enumerable.Range(0, loops).Select(_ => new IceTcpRoutes())];
        for (int i = 0; i < loops; i++) _waiters[i].Add(Endpoints[i]);
        _transports = [.. Endpoints.Select((endpoint, index) => new LoopTransport(new LoopSender(endpoint, TcpRoutes[index]), Tables[index]))];
    }

    /// <summary>One per loop; none where WebRTC is off.</summary>
    public IReadOnlyList<UdpEndpoint> Endpoints { get; } = [];

    public IReadOnlyList<SessionTable> Tables { get; } = [];

    public IReadOnlyList<IceTcpRoutes> TcpRoutes { get; } = [];

    public IReadOnlyList<IWaiter> Waiters => _waiters;

    /// <summary>The UDP port; null = WebRTC is off.</summary>
    public int? Port => Endpoints.Count > 0 ? Endpoints[0].Port : null;

    /// <summary>The loops that run on it. Before they do.</summary>
    public void Connect(IReadOnlyList<MediaLoop> loops) => SessionTable.Connect(Tables, loops, BufferPool.Shared);

    public NetworkWaiter WaiterOf(MediaLoop loop) => _waiters[loop.Index];

    public LoopTransport TransportOf(MediaLoop loop) => _transports[loop.Index];

    public void Dispose()
    {
        foreach (NetworkWaiter waiter in _waiters) waiter.Dispose();
        foreach (UdpEndpoint endpoint in Endpoints) endpoint.Dispose();
    }

    private static IReadOnlyList<UdpEndpoint> Open(ListenPort port, IReadOnlyList<SessionTable> tables)
    {
        try
        {
            return UdpEndpoint.OpenAll(port.BindPort, tables);
        }
        catch (IOException e)
        {
            throw new OptionException($"WebRtc:Port: UDP port {port} can't be had ({e.Message}); set another with --WebRtc:Port=PORT (0 = off)", e);
        }
    }
}
