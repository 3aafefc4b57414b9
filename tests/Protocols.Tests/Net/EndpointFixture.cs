using System.Net;
using System.Net.Sockets;
using Media.Scheduling;
using Protocols.Net;

namespace Protocols.Tests.Net;

/// <summary>An endpoint of each kind with its waiter, on the real loopback interface.</summary>
internal sealed class EndpointFixture : IDisposable, IDatagramReceiver
{
    public const string DualStack = "dual-stack";
    public const string IPv4 = "IPv4 only";
    public const string Portable = "portable";

    private static readonly IPAddress[] Loopbacks = [IPAddress.Loopback, IPAddress.Parse("127.0.0.2"), IPAddress.IPv6Loopback];

    private readonly List<Socket> _clients = [];

    public EndpointFixture(string kind)
    {
        Endpoint = kind switch
        {
            DualStack => UdpEndpoint.Open(0, this),
            IPv4 => UdpEndpoint.OpenIPv4(0, this),
            _ => UdpEndpoint.OpenPortable(0, Loopbacks, this),
        };
        Waiter = kind == Portable ? new SelectWaiter(Clock) : new EpollWaiter(Clock);
        Waiter.Add(Endpoint);
    }

    public MonotonicClock Clock { get; } = new(TimeProvider.System);

    public UdpEndpoint Endpoint { get; }

    public NetworkWaiter Waiter { get; }

    public List<(byte[] Datagram, Route Route)> Received { get; } = [];

    /// <summary>Sends each datagram back where it came from.</summary>
    public bool Echoes { get; init; }

    public void OnDatagram(ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        Received.Add((datagram.ToArray(), route));
        if (Echoes) Assert.True(Endpoint.TrySend(route, datagram));
    }

    /// <summary>A socket that only hears what comes from exactly the address it talks to.</summary>
    public Socket Connect(string address)
    {
        var to = IPAddress.Parse(address);
        var client = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        client.ReceiveBufferSize = 4 << 20;
        client.Connect(to, Endpoint.Port);
        _clients.Add(client);
        return client;
    }

    /// <summary>Turns until so many datagrams have come, for five seconds at most.</summary>
    public void ReceiveUntil(int count)
    {
        long deadline = Clock.Now + (5 * MonotonicClock.TicksPerSecond);
        while (Received.Count < count && Clock.Now < deadline)
        {
            Waiter.Wait(deadline);
            Waiter.Flush();
        }

        Assert.Equal(count, Received.Count);
    }

    public void Dispose()
    {
        foreach (Socket client in _clients) client.Dispose();
        Waiter.Dispose();
        Endpoint.Dispose();
    }
}
