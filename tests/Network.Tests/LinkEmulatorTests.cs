using System.Net;
using System.Net.Sockets;
using TestKit.Links;

namespace Network.Tests;

/// <summary>The relay itself, between two plain sockets.</summary>
[Trait("Suite", "network")]
public sealed class LinkEmulatorTests : IDisposable
{
    private readonly UdpClient _gateway = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _client = new(new IPEndPoint(IPAddress.Loopback, 0));

    [Fact]
    public async Task Datagrams_come_through_both_ways_after_the_delay()
    {
        using LinkEmulator link = Link(new LinkSettings { Delay = 50 });
        long sent = Environment.TickCount64;
        await _client.SendAsync(new byte[] { 1, 2, 3 }, Front(link));
        UdpReceiveResult there = await ReceiveAsync(_gateway);
        Assert.Equal([1, 2, 3], there.Buffer);
        await _gateway.SendAsync(new byte[] { 4 }, there.RemoteEndPoint);
        Assert.Equal([4], (await ReceiveAsync(_client)).Buffer);
        Assert.True(Environment.TickCount64 - sent >= 95, "not before the delay, twice");
    }

    [Fact]
    public async Task After_a_rebinding_the_gateway_sees_another_port_and_answers_still_arrive()
    {
        using LinkEmulator link = Link(new LinkSettings());
        await _client.SendAsync(new byte[] { 1 }, Front(link));
        IPEndPoint before = (await ReceiveAsync(_gateway)).RemoteEndPoint;
        link.Rebind();
        await _client.SendAsync(new byte[] { 2 }, Front(link));
        IPEndPoint after = (await ReceiveAsync(_gateway)).RemoteEndPoint;
        Assert.NotEqual(before.Port, after.Port);
        await _gateway.SendAsync(new byte[] { 3 }, after);
        Assert.Equal([3], (await ReceiveAsync(_client)).Buffer);
    }

    public void Dispose()
    {
        _gateway.Dispose();
        _client.Dispose();
    }

    private static IPEndPoint Front(LinkEmulator link) => new(IPAddress.Loopback, link.Port);

    private static async Task<UdpReceiveResult> ReceiveAsync(UdpClient socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        return await socket.ReceiveAsync(patience.Token);
    }

    private LinkEmulator Link(LinkSettings settings) => new(((IPEndPoint)_gateway.Client.LocalEndPoint!).Port, settings, settings);
}
