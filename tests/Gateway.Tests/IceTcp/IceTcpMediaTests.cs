using System.Net;
using Gateway.Tests.Hosting;
using TestKit.WebRtc;

namespace Gateway.Tests.IceTcp;

/// <summary>Publishing and watching over TCP alone, by real connections.</summary>
[Trait("Suite", "inprocess")]
public sealed class IceTcpMediaTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly List<TcpTunnel> _tunnels = [];
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (TcpTunnel tunnel in _tunnels) tunnel.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Picture_and_sound_come_in_and_go_out_over_TCP_bit_by_bit()
    {
        await using WhipTestClient publisher = await PublishAsync();
        using var stop = new CancellationTokenSource();
        Task playing = publisher.PlayAsync(TimeSpan.FromMinutes(1), stop.Token);
        await using WhepTestClient viewer = await WatchAsync();
        IReadOnlyList<TestRtpPacket> video = await viewer.WaitForPacketsAsync(viewer.Video!, 60, s_patience);
        IReadOnlyList<TestRtpPacket> audio = await viewer.WaitForPacketsAsync(viewer.Audio!, 60, s_patience);
        AssertIsPartOf(publisher.Peer.Get(_ => publisher.Video.Sent.ToList()), video);
        AssertIsPartOf(publisher.Peer.Get(_ => publisher.Audio.Sent.ToList()), audio);
        Assert.Equal(HttpStatusCode.OK, await viewer.DeleteAsync());
        Assert.True(await viewer.Peer.WaitAsync(p => p.Closed is not null, s_patience), "the goodbye came, too");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => playing);
    }

    [Fact]
    public async Task A_viewer_that_loses_its_connection_goes_on_by_another_one_without_a_handshake()
    {
        await using WhipTestClient publisher = await PublishAsync();
        using var stop = new CancellationTokenSource();
        Task playing = publisher.PlayAsync(TimeSpan.FromMinutes(1), stop.Token);
        await using WhepTestClient viewer = await WatchAsync();
        await viewer.WaitForPacketsAsync(viewer.Video!, 30, s_patience);
        long connected = viewer.ConnectedAt;
        _tunnels[^1].Reconnect();
        int before = viewer.PacketsOf(viewer.Video!).Count;
        await viewer.WaitForPacketsAsync(viewer.Video!, before + 60, s_patience);
        Assert.Equal(connected, viewer.ConnectedAt);
        Assert.Null(viewer.Peer.Get(p => p.Closed));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => playing);
    }

    [Fact]
    public async Task A_viewer_that_takes_nothing_loses_packets_that_are_counted_and_slows_nobody()
    {
        using var counted = new CountedInstrument("gateway.tcp.datagrams.dropped");
        await using WhipTestClient publisher = await PublishAsync();
        using var stop = new CancellationTokenSource();
        Task playing = LoadAsync(publisher, stop.Token);
        await using WhepTestClient stuck = await WatchAsync();
        await using WhepTestClient other = await WatchAsync();
        _tunnels[^2].IsStuck = true;
        for (int i = 0; i < 300 && counted.Total == 0; i++) await Task.Delay(100);
        Assert.True(counted.Total > 0, "packets were dropped");
        int before = other.PacketsOf(other.Video!).Count;
        await other.WaitForPacketsAsync(other.Video!, before + 200, s_patience);

        // What it missed is gone; what comes next, comes.
        _tunnels[^2].IsStuck = false;
        int had = stuck.PacketsOf(stuck.Video!).Count;
        await stuck.WaitForPacketsAsync(stuck.Video!, had + 2000, s_patience);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => playing);
    }

    /// <summary>Some 10 Mbit/s.</summary>
    private static async Task LoadAsync(WhipTestClient publisher, CancellationToken cancellation)
    {
        for (int i = 0; ; i++)
        {
            publisher.Peer.Do(_ =>
            {
                for (int n = 0; n < 10; n++)
                {
                    byte[] picture = [.. TestSender.Vp8(((i * 10) + n) & 0x7fff, (i == 0 && n == 0) || i % 100 == 0), .. new byte[1000]];
                    publisher.Video.Send(picture);
                    publisher.Video.Step(1);
                }
            });
            await Task.Delay(10, cancellation);
        }
    }

    private Task<WhipTestClient> PublishAsync() =>
        WhipTestClient.ConnectAsync(_gateway.Client, new Uri(_gateway.Client.BaseAddress!, "/whip/demo"), through: ThroughTcp);

    private async Task<WhepTestClient> WatchAsync()
    {
        var options = new WhepOfferOptions { VideoCodecs = ["VP8"], Through = ThroughTcp };
        for (int i = 0; ; i++)
        {
            try
            {
                return await WhepTestClient.ConnectAsync(new Uri(_gateway.Client.BaseAddress!, "/whep/demo"), options, _gateway.Client);
            }
            catch (WhepException refused) when (refused.Status == HttpStatusCode.Conflict && i < 100)
            {
                await Task.Delay(100); // the first packets are on their way
            }
        }
    }

    private IPEndPoint ThroughTcp(RemotePeer remote)
    {
        _tunnels.Add(new TcpTunnel(remote.TcpCandidates[0]));
        return _tunnels[^1].Entrance;
    }

    /// <summary>All that arrived was sent, in the same order, and nothing between was left out.</summary>
    private static void AssertIsPartOf(List<byte[]> sent, IReadOnlyList<TestRtpPacket> received)
    {
        int at = sent.FindIndex(payload => payload.AsSpan().SequenceEqual(received[0].Payload));
        Assert.True(at >= 0, "The first packet was never sent.");
        for (int i = 0; i < received.Count; i++)
            Assert.True(sent[at + i].AsSpan().SequenceEqual(received[i].Payload), $"Packet {i} is not what was sent.");
    }
}
