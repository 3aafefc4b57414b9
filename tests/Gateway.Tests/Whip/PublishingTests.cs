using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Protocols.Dtls;
using TestKit.WebRtc;

namespace Gateway.Tests.Whip;

/// <summary>A publisher and viewers without browsers, over real sockets: what is sent is what arrives.</summary>
[Trait("Suite", "inprocess")]
public sealed class PublishingTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Picture_and_sound_come_to_two_viewers_bit_by_bit()
    {
        await using WhipTestClient publisher = await PublishAsync();
        using var stop = new CancellationTokenSource();
        Task playing = publisher.PlayAsync(TimeSpan.FromMinutes(1), stop.Token);
        await using WhepTestClient first = await WatchAsync();
        await using WhepTestClient second = await WatchAsync();

        foreach (WhepTestClient viewer in (WhepTestClient[])[first, second])
        {
            IReadOnlyList<TestRtpPacket> video = await viewer.WaitForPacketsAsync(viewer.Video!, 60, s_patience);
            IReadOnlyList<TestRtpPacket> audio = await viewer.WaitForPacketsAsync(viewer.Audio!, 60, s_patience);
            AssertIsPartOf(publisher.Peer.Get(_ => publisher.Video.Sent.ToList()), video);
            AssertIsPartOf(publisher.Peer.Get(_ => publisher.Audio.Sent.ToList()), audio);
            Assert.Equal(0x10, video[0].Payload[4] & 0x11); // begins with a keyframe
            Assert.All(video.Zip(video.Skip(1)), pair => Assert.Equal(1, (ushort)(pair.Second.SequenceNumber - pair.First.SequenceNumber)));
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => playing);
        Assert.Equal(HttpStatusCode.OK, await publisher.DeleteAsync());
        Assert.True(await publisher.Peer.WaitAsync(p => p.Closed == DtlsCloseReason.PeerClosed, s_patience));
    }

    [Fact]
    public async Task The_rooms_list_shows_what_is_sent()
    {
        await using WhipTestClient publisher = await PublishAsync();
        await publisher.PlayAsync(TimeSpan.FromSeconds(4));

        JsonElement room = await _gateway.Client.GetFromJsonAsync<JsonElement>("/api/v1/rooms/demo");
        JsonElement publication = room.GetProperty("publications")[0];
        JsonElement[] tracks = [.. publication.GetProperty("tracks").EnumerateArray()];
        JsonElement video = tracks.Single(track => track.GetProperty("kind").GetString() == "video");
        JsonElement audio = tracks.Single(track => track.GetProperty("kind").GetString() == "audio");
        Assert.Equal("whip", publication.GetProperty("entrance").GetString());
        Assert.Equal(("VP8", 640, 360), (video.GetProperty("codec").GetString(), video.GetProperty("width").GetInt32(), video.GetProperty("height").GetInt32()));
        Assert.InRange(video.GetProperty("fps").GetDouble(), 10, 35);
        Assert.InRange(video.GetProperty("bitrate").GetInt64(), 10_000, 100_000);
        Assert.True(video.GetProperty("webrtcCompatible").GetBoolean());
        Assert.Equal(("opus", 48_000), (audio.GetProperty("codec").GetString(), audio.GetProperty("sampleRate").GetInt32()));
    }

    [Fact]
    public async Task A_publisher_that_returns_takes_its_viewers_back()
    {
        WhepTestClient viewer;
        await using (WhipTestClient first = await PublishAsync())
        {
            await using var playing = new Playing(first);
            viewer = await WatchAsync();
            await viewer.WaitForPacketsAsync(viewer.Video!, 20, s_patience);
        }

        await using WhepTestClient watching = viewer;
        int before = viewer.PacketsOf(viewer.Video!).Count;
        await using WhipTestClient second = await PublishAsync(seed: 8);
        await using var playingAgain = new Playing(second);

        IReadOnlyList<TestRtpPacket> video = await viewer.WaitForPacketsAsync(viewer.Video!, before + 20, s_patience);
        Assert.All(video.Zip(video.Skip(1)), pair => Assert.Equal(1, (ushort)(pair.Second.SequenceNumber - pair.First.SequenceNumber)));
        Assert.All(video.Zip(video.Skip(1)), pair => Assert.InRange((int)(pair.Second.Timestamp - pair.First.Timestamp), 1, 30 * 90_000));
        Assert.Null(viewer.Peer.Get(p => p.Closed));
    }

    private Task<WhipTestClient> PublishAsync(int seed = 7) =>
        WhipTestClient.ConnectAsync(_gateway.Client, new Uri(_gateway.Client.BaseAddress!, "/whip/demo"), seed: seed);

    private async Task<WhepTestClient> WatchAsync()
    {
        var options = new WhepOfferOptions { VideoCodecs = ["VP8"] };
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

    /// <summary>A publisher that sends until it is disposed, however slow the machine is.</summary>
    private sealed class Playing : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _task;

        public Playing(WhipTestClient publisher) => _task = publisher.PlayAsync(TimeSpan.FromMinutes(1), _stop.Token);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _task);
            _stop.Dispose();
        }
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
