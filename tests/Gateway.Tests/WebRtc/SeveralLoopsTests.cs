using System.Buffers.Binary;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Rooms;
using TestKit.WebRtc;

namespace Gateway.Tests.WebRtc;

/// <summary>One room, served by two media loops with a socket each: a publisher, and viewers on both.</summary>
[Trait("Suite", "inprocess")]
public sealed class SeveralLoopsTests : IAsyncLifetime
{
    private const int Viewers = 8;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly List<WhepTestClient> _viewers = [];
    private CancellationTokenSource _stop = new();
    private RunningGateway _gateway = null!;
    private WhipTestClient _publisher = null!;
    private Task _playing = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync("--WebRtc:Loops=2");
        await PublishAsync();
        for (int i = 0; i < Viewers; i++) _viewers.Add(await WatchAsync());
    }

    public async Task DisposeAsync()
    {
        await StopPlayingAsync();
        foreach (WhepTestClient viewer in _viewers) await viewer.DisposeAsync();
        await _publisher.DisposeAsync();
        await _gateway.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Each_loop_has_half_of_the_viewers_and_all_get_what_was_sent_bit_by_bit()
    {
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], (await LoopsAsync()).Order());
        foreach (WhepTestClient viewer in _viewers)
        {
            IReadOnlyList<TestRtpPacket> video = await viewer.WaitForPacketsAsync(viewer.Video!, 60, s_patience);
            IReadOnlyList<TestRtpPacket> audio = await viewer.WaitForPacketsAsync(viewer.Audio!, 60, s_patience);
            AssertIsPartOf(_publisher.Peer.Get(_ => _publisher.Video.Sent.ToList()), video);
            AssertIsPartOf(_publisher.Peer.Get(_ => _publisher.Audio.Sent.ToList()), audio);
        }
    }

    [Fact]
    public async Task Each_viewer_gets_again_what_it_lacks_from_its_own_loop()
    {
        foreach (WhepTestClient viewer in _viewers)
        {
            TestRtpPacket wanted = (await viewer.WaitForPacketsAsync(viewer.Video!, 60, s_patience))[^10];
            viewer.Peer.Do(p => p.SendNack(viewer.Video!.Ssrc, wanted.SequenceNumber));
            Assert.True(await viewer.Peer.WaitAsync(p => p.Received.Any(packet => packet.Ssrc == viewer.Video!.RtxSsrc), s_patience));
            TestRtpPacket again = viewer.Peer.Get(p => p.Received.First(packet => packet.Ssrc == viewer.Video!.RtxSsrc));
            Assert.Equal(wanted.SequenceNumber, BinaryPrimitives.ReadUInt16BigEndian(again.Payload));
            Assert.Equal(wanted.Payload.ToArray(), again.Payload[2..].ToArray());
        }
    }

    [Fact]
    public async Task Viewers_go_on_when_their_NAT_moves_them_to_another_socket()
    {
        foreach (WhepTestClient viewer in _viewers)
        {
            await viewer.WaitForPacketsAsync(viewer.Video!, 20, s_patience);
            viewer.Peer.Rebind();
        }

        foreach (WhepTestClient viewer in _viewers)
        {
            long connected = viewer.ConnectedAt;
            int before = viewer.PacketsOf(viewer.Video!).Count;
            await viewer.WaitForPacketsAsync(viewer.Video!, before + 60, s_patience);
            Assert.Equal(connected, viewer.ConnectedAt);
        }
    }

    [Fact]
    public async Task A_publisher_that_returns_is_seen_by_the_viewers_of_both_loops()
    {
        await StopPlayingAsync();
        await _publisher.DisposeAsync();
        await PublishAsync();
        foreach (WhepTestClient viewer in _viewers)
        {
            int before = viewer.PacketsOf(viewer.Video!).Count;
            await viewer.WaitForPacketsAsync(viewer.Video!, before + 60, s_patience);
            Assert.Null(viewer.Peer.Get(p => p.Closed));
        }
    }

    [Fact]
    public async Task Each_viewer_can_be_kicked_and_the_rest_goes_on()
    {
        await _viewers[^1].WaitForPacketsAsync(_viewers[^1].Video!, 20, s_patience);
        JsonElement[] subscribers = await SubscribersAsync();
        foreach (JsonElement subscriber in subscribers.DistinctBy(s => s.GetProperty("loop").GetInt32()))
        {
            using HttpResponseMessage response = await _gateway.Client.DeleteAsync($"/api/v1/rooms/demo/subscribers/{subscriber.GetProperty("id").GetString()}");
            Assert.True(response.IsSuccessStatusCode);
        }

        for (int i = 0; i < 100 && (await SubscribersAsync()).Length != Viewers - 2; i++) await Task.Delay(50);
        Assert.Equal([0, 0, 0, 1, 1, 1], (await LoopsAsync()).Order());
        Assert.Equal([3, 3], _gateway.Rooms.Loads.Loops.Select(_gateway.Rooms.Loads.ViewersOn));
        WhepTestClient[] left = [.. _viewers.Where(viewer => viewer.Peer.Get(p => p.Closed) is null)];
        Assert.Equal(Viewers - 2, left.Length);
        foreach (WhepTestClient viewer in left)
        {
            int before = viewer.PacketsOf(viewer.Video!).Count;
            await viewer.WaitForPacketsAsync(viewer.Video!, before + 20, s_patience);
        }
    }

    [Fact]
    public async Task New_publications_go_where_the_least_is()
    {
        Publication first = _gateway.Rooms.Find("demo", (string?)null)!;
        await using WhipTestClient other = await WhipTestClient.ConnectAsync(_gateway.Client, new Uri(_gateway.Client.BaseAddress!, "/whip/other"), seed: 11);
        other.Peer.Do(_ => other.Video.Send(TestSender.Vp8(0, isKeyframe: true)));
        Publication second = _gateway.Rooms.Find("other", (string?)null)!;
        Assert.NotSame(first.Loop, second.Loop);
    }

    private async Task PublishAsync()
    {
        _publisher = await WhipTestClient.ConnectAsync(_gateway.Client, new Uri(_gateway.Client.BaseAddress!, "/whip/demo"));
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _playing = _publisher.PlayAsync(TimeSpan.FromMinutes(2), _stop.Token);
    }

    private async Task StopPlayingAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _playing);
    }

    private async Task<WhepTestClient> WatchAsync()
    {
        for (int i = 0; ; i++)
        {
            try
            {
                return await WhepTestClient.ConnectAsync(
                    new Uri(_gateway.Client.BaseAddress!, "/whep/demo"), new WhepOfferOptions { VideoCodecs = ["VP8"] }, _gateway.Client);
            }
            catch (WhepException refused) when (refused.Status == System.Net.HttpStatusCode.Conflict && i < 100)
            {
                await Task.Delay(100); // the first packets are on their way
            }
        }
    }

    private async Task<JsonElement[]> SubscribersAsync()
    {
        JsonElement page = await _gateway.Client.GetFromJsonAsync<JsonElement>("/api/v1/rooms/demo/subscribers?limit=100");
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    private async Task<IEnumerable<int>> LoopsAsync() => (await SubscribersAsync()).Select(subscriber => subscriber.GetProperty("loop").GetInt32());

    /// <summary>All that arrived was sent, in the same order, and nothing between was left out.</summary>
    private static void AssertIsPartOf(List<byte[]> sent, IReadOnlyList<TestRtpPacket> received)
    {
        int at = sent.FindIndex(payload => payload.AsSpan().SequenceEqual(received[0].Payload));
        Assert.True(at >= 0, "The first packet was never sent.");
        for (int i = 0; i < received.Count; i++)
            Assert.True(sent[at + i].AsSpan().SequenceEqual(received[i].Payload), $"Packet {i} is not what was sent.");
    }
}
