using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Media.Scheduling;
using TestKit.Signalling;

namespace Gateway.Tests.Participants;

/// <summary>Who breaks the rules loses the own place at most: a bystander in the same room only hears that somebody left.</summary>
[Trait("Suite", "inprocess")]
public sealed class BadClientTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;
    private RoomTestClient _bystander = null!;

    private Uri Address => _gateway.Client.BaseAddress!;

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync("--Participants:MaxMessageKilobytes=16");
        _bystander = await RoomTestClient.JoinAsync(Address, "demo", "Bystander");
    }

    public async Task DisposeAsync()
    {
        await _bystander.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Garbage_is_answered_four_times_and_then_it_is_enough()
    {
        await using RoomTestClient bad = await RoomTestClient.JoinAsync(Address, "demo", "Bad");
        for (int i = 0; i < 4; i++)
        {
            await bad.SendTextAsync("{\"type\":\"mute\",\"kind\":");
            Assert.Equal("bad-message", (await bad.NextAsync("error")).GetProperty("code").GetString());
        }

        await bad.PingAsync();
        await bad.SendTextAsync("garbage");
        await AssertEndedAsync(bad, "bad-message", WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task A_flood_ends_the_session()
    {
        await using RoomTestClient bad = await RoomTestClient.JoinAsync(Address, "demo", "Bad");
        for (int i = 0; i < 150; i++)
        {
            try
            {
                await bad.SendTextAsync("{\"type\":\"ping\"}");
            }
            catch (WebSocketException)
            {
                break; // closed already
            }
        }

        Assert.Equal("flood", (await bad.NextAsync("error")).GetProperty("code").GetString());
        await AssertEndedAsync(bad, "flood", WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task A_message_that_is_too_large_ends_the_session()
    {
        await using RoomTestClient bad = await RoomTestClient.JoinAsync(Address, "demo", "Bad");
        await bad.SendTextAsync("{\"type\":\"ping\",\"x\":\"" + new string('x', 17 * 1024) + "\"}");

        await AssertEndedAsync(bad, "too-large", WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task A_binary_message_ends_the_session()
    {
        await using RoomTestClient bad = await RoomTestClient.JoinAsync(Address, "demo", "Bad");
        await bad.SendTextAsync("{\"type\":\"ping\"}", WebSocketMessageType.Binary);

        await AssertEndedAsync(bad, "binary", WebSocketCloseStatus.InvalidMessageType);
    }

    [Theory]
    [InlineData("""{"type":"join","version":2,"name":"Bad"}""", "bad-version")]
    [InlineData("""{"type":"ping"}""", "not-joined")]
    public async Task Who_does_not_join_properly_is_told(string first, string word)
    {
        await using RoomTestClient bad = await RoomTestClient.OpenAsync(Address, "demo");
        await bad.SendTextAsync(first);

        Assert.Equal(word, (await bad.NextAsync("error")).GetProperty("code").GetString());
        Assert.Equal(word, await bad.ClosedAsync());
    }

    [Fact]
    public async Task Who_joins_twice_is_told_and_stays()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await ada.SendAsync(new { type = "join", version = 1, name = "Eve" });

        Assert.Equal("already-joined", (await ada.NextAsync("error")).GetProperty("code").GetString());
        await ada.PingAsync();
    }

    [Theory]
    [InlineData("hello", "The SDP: does not begin with v=0.")]
    [InlineData("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\n", "The SDP has no section of audio or video with the mid 0, which tracks name.")]
    public async Task An_offer_that_can_not_be_answered_is_refused_and_nothing_else_happens(string sdp, string detail)
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await ada.SendAsync(new { type = "offer", pc = "send", sdp, tracks = new[] { new { mid = "0", publication = "camera" } }, request = 9 });

        JsonElement error = await ada.NextAsync("error");
        Assert.Equal(("bad-offer", "offer", 9), (error.GetProperty("code").GetString(), error.GetProperty("of").GetString(), error.GetProperty("request").GetInt32()));
        Assert.Equal(detail, error.GetProperty("detail").GetString());
        await ada.PingAsync();
    }

    [Fact]
    public async Task An_offer_of_more_sections_than_a_full_room_needs_is_refused()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        string sdp = "v=0\r\n" + string.Concat(Enumerable.Repeat("m=audio 9 X 0\r\n", 105));
        await ada.SendAsync(new { type = "offer", pc = "receive", sdp, tracks = Array.Empty<object>() });

        Assert.Equal("The SDP: more than 104 media sections.", (await ada.NextAsync("error")).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_silent_client_that_never_joins_and_a_dead_connection_are_noticed_within_10_seconds()
    {
        var clock = new MonotonicClock(TimeProvider.System);
        await using RoomTestClient idle = await RoomTestClient.OpenAsync(Address, "demo");
        using var dead = await DeadClient.JoinAsync(Address, "demo");
        string id = (await _bystander.NextParticipantAsync("joined")).GetProperty("id").GetString()!;
        long start = clock.Now;

        await _bystander.NextParticipantAsync("changed", who => who.GetProperty("id").GetString() == id && who.GetProperty("away").GetBoolean());
        Assert.InRange(clock.Now - start, 0, 10 * MonotonicClock.TicksPerSecond);
        Assert.Equal("not-joined-in-time", await idle.ClosedAsync());
    }

    private async Task AssertEndedAsync(RoomTestClient client, string word, WebSocketCloseStatus status)
    {
        Assert.Equal(word, await client.ClosedAsync());
        Assert.Equal((status, word), (client.CloseStatus!.Value, client.CloseWord));
        Assert.Equal(client.Id, (await _bystander.NextParticipantAsync("left")).GetProperty("id").GetString());
        await _bystander.PingAsync();
    }

    /// <summary>A client that joins and then neither reads nor writes: its machine has gone.</summary>
    private sealed class DeadClient : IDisposable
    {
        private readonly TcpClient _tcp = new();

        [SuppressMessage("Security", "CA5350", Justification = "the key of a WebSocket handshake is no secret")]
        public static async Task<DeadClient> JoinAsync(Uri gateway, string room)
        {
            var client = new DeadClient();
            await client._tcp.ConnectAsync(gateway.Host, gateway.Port);
            NetworkStream stream = client._tcp.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"GET /rooms/{room}/session HTTP/1.1\r\nHost: {gateway.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
            byte[] answer = new byte[4096];
            int length = await stream.ReadAsync(answer);
            Assert.StartsWith("HTTP/1.1 101", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
            byte[] join = Encoding.ASCII.GetBytes("{\"type\":\"join\",\"version\":1,\"name\":\"Dead\"}");
            // RFC 6455 §5.2: one text frame, masked with zeros.
            await stream.WriteAsync((byte[])[0x81, (byte)(0x80 | join.Length), 0, 0, 0, 0, .. join]);
            return client;
        }

        public void Dispose() => _tcp.Dispose();
    }
}
