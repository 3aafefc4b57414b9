using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Gateway.Hosting;
using Gateway.IceTcp;
using Gateway.Options;
using Gateway.Tests.Hosting;
using Protocols.Net;
using Protocols.Stun;
using TestKit.WebRtc;

namespace Gateway.Tests.IceTcp;

/// <summary>What comes to the TCP port and is no peer of ours loses its own connection and nothing else.</summary>
[Trait("Suite", "inprocess")]
public sealed class IceTcpStrangersTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Who_says_nothing_is_closed_after_some_seconds()
    {
        using TcpClient client = await ConnectAsync();
        await client.GetStream().WriteAsync((byte[])[0]);
        Assert.True(await IsClosedAsync(client, IceTcpConnection.FirstMessagePatience + TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Garbage_loses_its_connection_at_once()
    {
        foreach (byte[] garbage in (byte[][])
            ["GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Framed([22, 254, 253, 0, 0]), Framed(CheckFor("Znobody")), Framed(CheckFor("Anobody")), Framed(new byte[20])])
        {
            using TcpClient client = await ConnectAsync();
            await client.GetStream().WriteAsync(garbage);
            Assert.True(await IsClosedAsync(client, TimeSpan.FromSeconds(4)), Convert.ToHexString(garbage));
        }
    }

    [Fact]
    public async Task A_flood_of_checks_with_a_wrong_password_loses_its_connection_and_the_session_goes_on()
    {
        await using WhipTestClient publisher = await PublishAsync();
        using TcpClient client = await ConnectAsync();
        byte[] forged = Framed(CheckFor(RemotePeer.Parse(publisher.Answer).UsernameFragment));
        Task<bool> closed = IsClosedAsync(client, s_patience);
        try
        {
            for (int i = 0; i < 10_000 && !closed.IsCompleted; i++) await client.GetStream().WriteAsync(forged);
        }
        catch (IOException)
        {
            // Closed while we write.
        }

        Assert.True(await closed);
        int before = publisher.Peer.Get(p => p.ReceivedRtcp.Count);
        await publisher.PlayAsync(TimeSpan.FromSeconds(1));
        Assert.True(publisher.Peer.Get(p => p.ReceivedRtcp.Count) > before, "it is still heard");
        Assert.Null(publisher.Peer.Get(p => p.Closed));
    }

    [Fact]
    public async Task One_host_has_no_more_than_so_many_connections_that_say_nothing()
    {
        using var closed = new CountedInstrument("gateway.tcp.connections.closed");
        var clients = new List<TcpClient>();
        for (int i = 0; i < 100; i++) clients.Add(await ConnectAsync());
        for (int i = 0; i < 100 && closed.Of(nameof(IceTcpCloseReason.TooMany)) < 30; i++) await Task.Delay(50);
        Assert.InRange(closed.Of(nameof(IceTcpCloseReason.TooMany)), 30, 40);
        foreach (TcpClient client in clients) client.Dispose();
        for (int i = 0; i < 100 && closed.Total < 100; i++) await Task.Delay(50);
        Assert.Equal(100, closed.Total);
    }

    [Fact]
    public async Task A_connection_whose_session_has_ended_is_closed()
    {
        TcpTunnel? tunnel = null;
        await using WhipTestClient publisher = await WhipTestClient.ConnectAsync(
            _gateway.Client, new Uri(_gateway.Client.BaseAddress!, "/whip/demo"),
            through: remote => (tunnel = new TcpTunnel(remote.TcpCandidates[0])).Entrance);
        Assert.Equal(HttpStatusCode.OK, await publisher.DeleteAsync());
        for (int i = 0; i < 200 && !tunnel!.IsClosed; i++) await Task.Delay(100);
        Assert.True(tunnel!.IsClosed);
        tunnel.Dispose();
    }

    [Fact]
    public async Task Switched_off_nothing_listens_and_no_candidate_is_given()
    {
        await using RunningGateway without = await RunningGateway.StartAsync("--WebRtc:Tcp=false");
        Assert.Null(without.Host.IceTcpPort);
        await using WhipTestClient publisher = await WhipTestClient.ConnectAsync(without.Client, new Uri(without.Client.BaseAddress!, "/whip/demo"));
        Assert.Empty(RemotePeer.Parse(publisher.Answer).TcpCandidates);
        Assert.DoesNotContain("tcp", without.Host.Banner(), StringComparison.Ordinal);
        Assert.Contains("tcp", _gateway.Host.Banner(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_TCP_port_that_is_taken_is_told_in_one_line_with_its_option()
    {
        using TcpListener taken = TakePort(out int port);
        var refusal = await Assert.ThrowsAsync<OptionException>(() => RunningGateway.StartAsync($"--WebRtc:Port={port}"));
        Assert.StartsWith($"WebRtc:Port: port {port} is taken", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--WebRtc:Tcp=false", refusal.Message, StringComparison.Ordinal);
        using TcpListener other = TakePort(out int otherPort);
        await using RunningGateway without = await RunningGateway.StartAsync($"--WebRtc:Port={otherPort}", "--WebRtc:Tcp=false");
        Assert.Equal(otherPort, without.Host.WebRtcPort);
    }

    private Task<WhipTestClient> PublishAsync() =>
        WhipTestClient.ConnectAsync(_gateway.Client, new Uri(_gateway.Client.BaseAddress!, "/whip/demo"));

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _gateway.Host.IceTcpPort!.Value);
        return client;
    }

    private static TcpListener TakePort(out int port)
    {
        var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }

    /// <summary>Reads on until the gateway has closed.</summary>
    private static async Task<bool> IsClosedAsync(TcpClient client, TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        byte[] answers = new byte[4096];
        try
        {
            while (await client.GetStream().ReadAsync(answers, patience.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset, since it had not read all that we sent.
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return true;
    }

    private static byte[] Framed(byte[] datagram)
    {
        var output = new ArrayBufferWriter<byte>();
        DatagramFraming.Write(output, datagram);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] CheckFor(string fragment)
    {
        byte[] buffer = new byte[300];
        int length = StunWriter.WriteBindingRequest(buffer, new byte[12], fragment + ":peer", "not the password", 1, false);
        return buffer[..length];
    }
}
