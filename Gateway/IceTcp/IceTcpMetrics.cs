using System.Diagnostics.Metrics;

namespace Gateway.IceTcp;

/// <summary>What ICE-TCP connections count.</summary>
internal sealed class IceTcpMetrics(Meter meter)
{
    private readonly UpDownCounter<int> _open = meter.CreateUpDownCounter<int>(
        "gateway.tcp.connections", "{connection}", "Open connections on the WebRTC port.");

    private readonly Counter<long> _closed = meter.CreateCounter<long>(
        "gateway.tcp.connections.closed", "{connection}", "Connections on the WebRTC port that ended, by reason.");

    private readonly Counter<long> _received = meter.CreateCounter<long>(
        "gateway.tcp.datagrams.received", "{datagram}", "Datagrams received over TCP.");

    private readonly Counter<long> _sent = meter.CreateCounter<long>("gateway.tcp.datagrams.sent", "{datagram}", "Datagrams sent over TCP.");

    private readonly Counter<long> _dropped = meter.CreateCounter<long>(
        "gateway.tcp.datagrams.dropped", "{datagram}", "Datagrams dropped because a peer did not take them in time; the oldest go first.");

    public void Opened() => _open.Add(1);

    public void Closed(IceTcpCloseReason reason)
    {
        _open.Add(-1);
        _closed.Add(1, new KeyValuePair<string, object?>("reason", reason));
    }

    public void Received(int datagrams) => _received.Add(datagrams);

    public void Sent(int datagrams) => _sent.Add(datagrams);

    public void Dropped(int datagrams) => _dropped.Add(datagrams);
}
