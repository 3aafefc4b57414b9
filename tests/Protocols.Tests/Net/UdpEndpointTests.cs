using System.Net;
using System.Net.Sockets;
using Media.Scheduling;
using Protocols.Net;
using Protocols.Srtp;
using Protocols.Tests.Srtp;
using TestKit;

namespace Protocols.Tests.Net;

public sealed class UdpEndpointTests
{
    [Theory]
    [InlineData(EndpointFixture.DualStack, "127.0.0.1")]
    [InlineData(EndpointFixture.DualStack, "127.0.0.2")]
    [InlineData(EndpointFixture.DualStack, "::1")]
    [InlineData(EndpointFixture.IPv4, "127.0.0.1")]
    [InlineData(EndpointFixture.IPv4, "127.0.0.2")]
    [InlineData(EndpointFixture.Portable, "127.0.0.1")]
    [InlineData(EndpointFixture.Portable, "127.0.0.2")]
    [InlineData(EndpointFixture.Portable, "::1")]
    public void A_reply_leaves_from_the_address_that_was_asked(string kind, string address)
    {
        using var fixture = new EndpointFixture(kind) { Echoes = true };
        Socket client = fixture.Connect(address);
        client.Send([1, 2, 3]);
        fixture.ReceiveUntil(1);
        (byte[] datagram, Route route) = fixture.Received[0];
        Assert.Equal([1, 2, 3], datagram);
        Assert.Equal(TransportAddress.From(IPAddress.Parse(address), fixture.Endpoint.Port), route.Local);
        Assert.Equal(TransportAddress.From((IPEndPoint)client.LocalEndPoint!), route.Remote);
        byte[] reply = new byte[10];
        Assert.Equal(3, client.Receive(reply)); // a connected socket hears no other address
    }

    [Theory]
    [InlineData(EndpointFixture.DualStack)]
    [InlineData(EndpointFixture.IPv4)]
    [InlineData(EndpointFixture.Portable)]
    public void Many_datagrams_of_one_turn_arrive_whole_and_in_order(string kind)
    {
        using var fixture = new EndpointFixture(kind) { Echoes = true };
        Socket client = fixture.Connect("127.0.0.1");
        for (int i = 0; i < 300; i++) client.Send(Numbered(i));
        fixture.ReceiveUntil(300);
        byte[] reply = new byte[2000];
        for (int i = 0; i < 300; i++)
        {
            int length = client.Receive(reply);
            Assert.Equal(Numbered(i), reply[..length]);
        }

        Assert.Equal(300, fixture.Endpoint.Statistics.DatagramsReceived);
        Assert.Equal(300, fixture.Endpoint.Statistics.DatagramsSent);
        Assert.Equal(fixture.Endpoint.Statistics.BytesReceived, fixture.Endpoint.Statistics.BytesSent);
        Assert.Equal(0, fixture.Endpoint.Statistics.SendErrors);
    }

    [Theory]
    [InlineData(EndpointFixture.DualStack)]
    [InlineData(EndpointFixture.Portable)]
    public void What_is_written_into_the_ring_goes_out_to_its_own_route(string kind)
    {
        using var fixture = new EndpointFixture(kind);
        Socket one = fixture.Connect("127.0.0.1"), other = fixture.Connect("::1");
        one.Send([0]);
        fixture.ReceiveUntil(1);
        other.Send([0]);
        fixture.ReceiveUntil(2);
        for (byte i = 0; i < 4; i++)
        {
            Span<byte> room = fixture.Endpoint.Reserve(1500);
            room[..20].Fill(i);
            fixture.Endpoint.Commit(fixture.Received[i & 1].Route, 20 - i);
        }

        fixture.Waiter.Flush();
        byte[] heard = new byte[100];
        Assert.Equal(20, one.Receive(heard));
        Assert.Equal(18, one.Receive(heard));
        Assert.Equal(2, heard[0]);
        Assert.Equal(19, other.Receive(heard));
        Assert.Equal(17, other.Receive(heard));
        Assert.Equal(3, heard[0]);
    }

    [Theory]
    [InlineData(EndpointFixture.DualStack)]
    [InlineData(EndpointFixture.Portable)]
    public void Packets_whose_tags_are_left_to_the_turn_s_end_leave_with_them(string kind)
    {
        using var fixture = new EndpointFixture(kind);
        using var sender = new SrtpContext(SrtpProfile.Aes128CmSha1Tag80, new byte[16], new byte[14]);
        using var receiver = new SrtpContext(SrtpProfile.Aes128CmSha1Tag80, new byte[16], new byte[14]);
        Socket client = fixture.Connect("127.0.0.1");
        client.Send([0]);
        fixture.ReceiveUntil(1);
        for (ushort i = 0; i < 40; i++)
        {
            sender.Protect(SrtpContextTests.Packet(i, 900), fixture.Endpoint.Reserve(1000), fixture.Endpoint.Batch, out int length);
            fixture.Endpoint.Commit(fixture.Received[0].Route, length);
        }

        fixture.Waiter.Flush();

        byte[] heard = new byte[1500], plain = new byte[1500];
        for (ushort i = 0; i < 40; i++)
        {
            int length = client.Receive(heard);
            Assert.Equal(SrtpResult.Ok, receiver.Unprotect(heard.AsSpan(0, length), plain, out length));
            Assert.Equal(SrtpContextTests.Packet(i, 900), plain[..length]);
        }
    }

    [Theory]
    [InlineData(EndpointFixture.DualStack)]
    [InlineData(EndpointFixture.Portable)]
    public void A_datagram_that_can_not_be_sent_is_counted_and_does_not_stop_the_others(string kind)
    {
        using var fixture = new EndpointFixture(kind);
        Socket client = fixture.Connect("127.0.0.1");
        client.Send([0]);
        fixture.ReceiveUntil(1);
        Route good = fixture.Received[0].Route;
        var notOurs = new Route(TransportAddress.From(IPAddress.Parse("192.0.2.99"), fixture.Endpoint.Port), good.Remote);
        fixture.Endpoint.TrySend(good, [1]);
        fixture.Endpoint.TrySend(notOurs, [2]);
        fixture.Endpoint.TrySend(good, [3]);
        fixture.Waiter.Flush();
        byte[] heard = new byte[10];
        client.Receive(heard);
        client.Receive(heard);
        Assert.Equal(3, heard[0]);
        Assert.Equal(1, fixture.Endpoint.Statistics.SendErrors);
        Assert.NotEqual(0, fixture.Endpoint.Statistics.LastSendError);
    }

    [Fact]
    public void A_datagram_longer_than_any_of_ours_is_dropped()
    {
        using var fixture = new EndpointFixture(EndpointFixture.DualStack);
        Socket client = fixture.Connect("127.0.0.1");
        client.Send(new byte[UdpEndpoint.MaxDatagram + 1]);
        client.Send(new byte[UdpEndpoint.MaxDatagram]);
        fixture.ReceiveUntil(1);
        Assert.Equal(UdpEndpoint.MaxDatagram, fixture.Received[0].Datagram.Length);
        Assert.Equal(1, fixture.Endpoint.Statistics.DatagramsTruncated);
    }

    [Fact]
    public void A_port_that_another_has_is_refused_even_if_it_would_share()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Any, 0));
        int port = ((IPEndPoint)other.LocalEndPoint!).Port;
        using var fixture = new EndpointFixture(EndpointFixture.DualStack);
        IOException error = Assert.Throws<IOException>(() => UdpEndpoint.OpenAll(port, [fixture, fixture]));
        Assert.Contains(port.ToString(null, null), error.Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => UdpEndpoint.Open(port, fixture));
    }

    [Fact]
    public void Several_loops_share_a_port()
    {
        using var fixture = new EndpointFixture(EndpointFixture.DualStack);
        IReadOnlyList<UdpEndpoint> shared = UdpEndpoint.OpenAll(0, [fixture, fixture, fixture]);
        Assert.Single(shared.Select(endpoint => endpoint.Port).Distinct());
        foreach (UdpEndpoint endpoint in shared) fixture.Waiter.Add(endpoint);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.SendTo([7], new IPEndPoint(IPAddress.Loopback, shared[0].Port));
        fixture.ReceiveUntil(1);
        Assert.Equal(1, shared.Sum(endpoint => endpoint.Statistics.DatagramsReceived));
        foreach (UdpEndpoint endpoint in shared) endpoint.Dispose();
    }

    [Fact]
    public void The_receive_buffer_and_the_kernels_drops_can_be_told()
    {
        using var fixture = new EndpointFixture(EndpointFixture.DualStack);
        Assert.True(fixture.Endpoint.ReceiveBufferSize >= 64 * 1024);
        Assert.Equal(0, fixture.Endpoint.KernelDrops);
    }

    [Fact]
    public void Receiving_and_sending_do_not_allocate()
    {
        var echo = new Echo();
        using UdpEndpoint endpoint = UdpEndpoint.Open(0, echo);
        echo.Endpoint = endpoint;
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        client.Connect(IPAddress.Loopback, endpoint.Port);
        byte[] data = new byte[1100];
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 100; i++) client.Send(data);
            while (endpoint.Statistics.DatagramsReceived % 100 != 0 || endpoint.Statistics.DatagramsReceived == 0) endpoint.Receive(0);
            endpoint.Receive(0);
            endpoint.Flush();
        });
        Assert.Equal(endpoint.Statistics.DatagramsReceived, endpoint.Statistics.DatagramsSent);
    }

    [Fact]
    public void A_burst_to_one_peer_leaves_as_one_message()
    {
        using var fixture = new EndpointFixture(EndpointFixture.DualStack);
        Socket client = fixture.Connect("127.0.0.1");
        client.Send([0]);
        fixture.ReceiveUntil(1);
        SendBurst(fixture, datagrams: 10, length: 1100);
        AssertBurst(client, datagrams: 10, length: 1100);
        Assert.Equal(10, fixture.Endpoint.Statistics.DatagramsSent);
        Assert.Equal(1, fixture.Endpoint.Statistics.MessagesSent);
    }

    /// <summary>A keyframe: more than 64 datagrams, and more than an IP datagram holds.</summary>
    [Theory]
    [InlineData(EndpointFixture.DualStack)]
    [InlineData(EndpointFixture.IPv4)]
    [InlineData(EndpointFixture.Portable)]
    public void A_burst_larger_than_a_message_is_cut_right(string kind)
    {
        using var fixture = new EndpointFixture(kind);
        Socket client = fixture.Connect("127.0.0.1");
        client.Send([0]);
        fixture.ReceiveUntil(1);
        SendBurst(fixture, datagrams: 200, length: 1200);
        AssertBurst(client, datagrams: 200, length: 1200);
        SendBurst(fixture, datagrams: 200, length: 50);
        AssertBurst(client, datagrams: 200, length: 50);
        Assert.Equal(0, fixture.Endpoint.Statistics.SendErrors);
    }

    [Fact]
    public void Where_the_system_will_not_cut_a_burst_its_datagrams_leave_one_by_one()
    {
        using var fixture = new EndpointFixture(EndpointFixture.IPv4);
        Socket client = fixture.Connect("127.0.0.1");
        client.Send([0]);
        fixture.ReceiveUntil(1);
        ((LinuxUdpSocket)fixture.Endpoint.Socket).SendWithoutChecksums(); // which cutting needs: EINVAL
        for (int round = 0; round < 2; round++)
        {
            SendBurst(fixture, datagrams: 10, length: 1100);
            AssertBurst(client, datagrams: 10, length: 1100);
        }

        Assert.Equal(20, fixture.Endpoint.Statistics.MessagesSent);
        Assert.Equal(1, fixture.Endpoint.Statistics.SegmentationRefusals); // it is not tried again
        Assert.Equal(0, fixture.Endpoint.Statistics.SendErrors);
    }

    [Fact]
    public void A_burst_that_comes_as_one_message_is_handed_on_datagram_by_datagram()
    {
        using var sender = new EndpointFixture(EndpointFixture.DualStack);
        using var fixture = new EndpointFixture(EndpointFixture.DualStack);
        var route = new Route(
            TransportAddress.From(IPAddress.Loopback, sender.Endpoint.Port), TransportAddress.From(IPAddress.Loopback, fixture.Endpoint.Port));
        for (int i = 0; i < 10; i++) sender.Endpoint.TrySend(route, Burst(i, i < 9 ? 1100 : 300));
        sender.Waiter.Flush();
        fixture.ReceiveUntil(10);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(Burst(i, i < 9 ? 1100 : 300), fixture.Received[i].Datagram);
            Assert.Equal(route.Local, fixture.Received[i].Route.Remote);
        }
    }

    private static void SendBurst(EndpointFixture fixture, int datagrams, int length)
    {
        for (int i = 0; i < datagrams; i++) Assert.True(fixture.Endpoint.TrySend(fixture.Received[0].Route, Burst(i, length)));
        fixture.Waiter.Flush();
    }

    private static void AssertBurst(Socket client, int datagrams, int length)
    {
        byte[] heard = new byte[2000];
        for (int i = 0; i < datagrams; i++)
        {
            Assert.Equal(length, client.Receive(heard));
            Assert.Equal(Burst(i, length), heard[..length]);
        }
    }

    private static byte[] Burst(int number, int length)
    {
        byte[] datagram = new byte[length];
        datagram.AsSpan().Fill((byte)number);
        return datagram;
    }

    private static byte[] Numbered(int i)
    {
        byte[] datagram = new byte[100 + (i % 3 * 500)];
        datagram.AsSpan().Fill((byte)i);
        return datagram;
    }

    private sealed class Echo : IDatagramReceiver
    {
        public UdpEndpoint? Endpoint { get; set; }

        public void OnDatagram(ReadOnlySpan<byte> datagram, in Route route, long now) => Endpoint!.TrySend(route, datagram);
    }
}
