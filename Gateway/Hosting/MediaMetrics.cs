using System.Diagnostics.Metrics;
using Protocols.Net;
using Rooms;

namespace Gateway.Hosting;

/// <summary>Instruments that read, when somebody asks, what rooms and the network have counted.</summary>
internal sealed class MediaMetrics(Meter meter, MediaNetwork network, RoomRegistry registry)
{
    public void Observe()
    {
        meter.CreateObservableGauge("gateway.rooms", () => registry.Rooms.Length, "{room}", "Rooms that somebody publishes in.");
        meter.CreateObservableGauge("gateway.publications", () => Sum(_ => 1), "{publication}", "Publications, those that wait for their publisher included.");
        meter.CreateObservableGauge("gateway.subscribers", () => Sum(publication => publication.Snapshot.Subscribers.Length), "{subscriber}", "Viewers.");
        meter.CreateObservableGauge("gateway.loop.viewers", ViewersByLoop, "{viewer}", "Viewers and receiving participants, by media loop.");
        meter.CreateObservableCounter(
            "gateway.relay.packets.dropped", () => registry.Context.Relays.Dropped, "{packet}", "Packets of a track lost on their way to the viewers of another loop, which was too far behind.");
        Udp("gateway.udp.datagrams.received", "{datagram}", "Datagrams received on the WebRTC port.", counted => counted.DatagramsReceived);
        Udp("gateway.udp.datagrams.sent", "{datagram}", "Datagrams sent from the WebRTC port.", counted => counted.DatagramsSent);
        Udp("gateway.udp.received", "By", "Bytes received on the WebRTC port.", counted => counted.BytesReceived);
        Udp("gateway.udp.sent", "By", "Bytes sent from the WebRTC port.", counted => counted.BytesSent);
        Udp("gateway.udp.sends.deferred", "{send}", "Times that the kernel's send buffer was full.", counted => counted.SendsDeferred);
        Udp("gateway.udp.datagrams.dropped", "{datagram}", "Datagrams dropped because the send queue was full, too.", counted => counted.DroppedQueueFull);
        Udp("gateway.udp.send.errors", "{datagram}", "Datagrams that the kernel refused.", counted => counted.SendErrors);
        Handed("gateway.udp.datagrams.handed.over", "Datagrams that one loop's socket heard for another loop's session.", counted => counted.HandedOver);
        Handed("gateway.udp.handovers.dropped", "The same, lost because that loop was too far behind.", counted => counted.HandOverDropped);
        meter.CreateObservableCounter("gateway.udp.strangers", Strangers, "{datagram}", "Datagrams that belong to no session, by reason.");
    }

    private void Udp(string name, string unit, string description, Func<UdpStatistics, long> value) =>
        meter.CreateObservableCounter(name, () => network.Endpoints.Sum(endpoint => value(endpoint.Statistics)), unit, description);

    private void Handed(string name, string description, Func<SessionTableStatistics, long> value) =>
        meter.CreateObservableCounter(name, () => network.Tables.Sum(table => value(table.Statistics)), "{datagram}", description);

    private int Sum(Func<Publication, int> value) => registry.Rooms.Sum(room => room.Publications.Sum(value));

    private IEnumerable<Measurement<int>> ViewersByLoop() => registry.Loads.Loops.Select(
        loop => new Measurement<int>(registry.Loads.ViewersOn(loop), new KeyValuePair<string, object?>("loop", loop.Index)));

    private IEnumerable<Measurement<long>> Strangers()
    {
        foreach (SessionTable table in network.Tables)
        {
            SessionTableStatistics counted = table.Statistics;
            yield return Stranger(counted.UnknownRoute, "unknown-route");
            yield return Stranger(counted.UnknownFragment, "unknown-fragment");
            yield return Stranger(counted.ForeignLoop, "foreign-loop");
            yield return Stranger(counted.MalformedStun, "malformed-stun");
        }
    }

    private static Measurement<long> Stranger(long count, string reason) => new(count, new KeyValuePair<string, object?>("reason", reason));
}
