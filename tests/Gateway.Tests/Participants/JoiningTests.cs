using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Gateway.Tests.Api;
using Gateway.Tests.Hosting;
using TestKit.Signalling;
using TestKit.WebRtc;

namespace Gateway.Tests.Participants;

[Trait("Suite", "inprocess")]
public sealed class JoiningTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    private Uri Address => _gateway.Client.BaseAddress!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync(
        "--Participants:MaxPerRoom=3", "--Rooms:stage:PublishKey=p", "--Rooms:stage:ViewKey=v", "--Rooms:hall:PublishKey=p", "--WebRtc:IceServers=stun:stun.example.org");

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Who_joins_is_told_who_is_there_and_those_are_told_who_joined()
    {
        await using RoomTestClient ada = await RoomTestClient.OpenAsync(Address, "demo");
        JsonElement first = await ada.JoinAsync(" Ada ");
        await using RoomTestClient grace = await RoomTestClient.OpenAsync(Address, "demo");
        JsonElement second = await grace.JoinAsync("Grace");

        Assert.Equal("Ada", first.GetProperty("name").GetString());
        Assert.Equal("demo", first.GetProperty("room").GetString());
        Assert.False(first.GetProperty("resumed").GetBoolean());
        Assert.True(first.GetProperty("mayPublish").GetBoolean());
        Assert.Equal(30, first.GetProperty("resumeSeconds").GetInt32());
        Assert.Equal(3, first.GetProperty("limits").GetProperty("participants").GetInt32());
        Assert.Equal("stun:stun.example.org", first.GetProperty("iceServers")[0].GetProperty("urls")[0].GetString());
        Assert.Empty(first.GetProperty("participants").EnumerateArray());
        JsonElement there = Assert.Single(second.GetProperty("participants").EnumerateArray());
        Assert.Equal((ada.Id, "Ada", "room"), (there.GetProperty("id").GetString(), there.GetProperty("name").GetString(), there.GetProperty("entrance").GetString()));
        JsonElement joined = await ada.NextParticipantAsync("joined");
        Assert.Equal((grace.Id, "Grace"), (joined.GetProperty("id").GetString(), joined.GetProperty("name").GetString()));
        await grace.PingAsync();
        Assert.Empty(grace.Rest()); // nobody is told of oneself
    }

    [Fact]
    public async Task Rooms_do_not_hear_of_each_other()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "one", "Ada");
        await using RoomTestClient grace = await RoomTestClient.JoinAsync(Address, "two", "Grace");
        await ada.PingAsync();

        Assert.Empty(ada.Rest());
    }

    [Fact]
    public async Task What_comes_by_other_protocols_is_a_participant_too()
    {
        var encoder = new FakePublisher(_gateway.Rooms, "demo", "stage");
        await encoder.WriteBothAsync();
        await using RoomTestClient ada = await RoomTestClient.OpenAsync(Address, "demo");
        JsonElement there = Assert.Single((await ada.JoinAsync("Ada")).GetProperty("participants").EnumerateArray());
        JsonElement publication = Assert.Single(there.GetProperty("publications").EnumerateArray());

        Assert.Equal(("stage", "stage", "rtmp"), (there.GetProperty("id").GetString(), there.GetProperty("name").GetString(), there.GetProperty("entrance").GetString()));
        Assert.Equal(("stage", "camera"), (publication.GetProperty("name").GetString(), publication.GetProperty("source").GetString()));
        Assert.Equal(["opus", "H264"], publication.GetProperty("tracks").EnumerateArray().Select(track => track.GetProperty("codec").GetString()));

        var second = new FakePublisher(_gateway.Rooms, "demo", "second");
        Assert.Equal("second", (await ada.NextParticipantAsync("joined")).GetProperty("id").GetString());
        await second.WriteVideoAsync();
        await ada.NextParticipantAsync("changed", who => who.GetProperty("publications")[0].GetProperty("tracks").GetArrayLength() == 1);
        encoder.Leave();
        await ada.NextParticipantAsync("changed", who => who.GetProperty("id").GetString() == "stage" && who.GetProperty("away").GetBoolean());
        Assert.True(_gateway.Rooms.Kick("demo", "second"));
        JsonElement left = await ada.NextParticipantAsync("left");
        Assert.Equal("second", left.GetProperty("id").GetString());
        Assert.Empty(left.GetProperty("publications").EnumerateArray());
    }

    [Fact]
    public async Task A_full_room_lets_nobody_in_until_somebody_leaves()
    {
        await using RoomTestClient first = await RoomTestClient.JoinAsync(Address, "demo", "1");
        await using RoomTestClient second = await RoomTestClient.JoinAsync(Address, "demo", "2");
        await using RoomTestClient third = await RoomTestClient.JoinAsync(Address, "demo", "3");
        await using RoomTestClient fourth = await RoomTestClient.OpenAsync(Address, "demo");
        await fourth.SendAsync(new { type = "join", version = 1, name = "4" });

        Assert.Equal("room-full", (await fourth.NextAsync("error")).GetProperty("code").GetString());
        Assert.Equal("room-full", await fourth.ClosedAsync());
        Assert.Equal(((WebSocketCloseStatus)1013, "room-full"), (fourth.CloseStatus!.Value, fourth.CloseWord));
        await first.SendAsync(new { type = "leave" });
        await second.NextParticipantAsync("left");
        await using RoomTestClient fifth = await RoomTestClient.JoinAsync(Address, "demo", "5");
    }

    [Theory]
    [InlineData("stage", null, 401)]
    [InlineData("stage", "x", 403)]
    [InlineData("no%20name", null, 400)]
    public async Task A_wrong_key_or_name_is_refused_before_the_upgrade(string room, string? key, int status)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        var address = new UriBuilder(Address) { Scheme = "ws", Path = $"/rooms/{room}/session", Query = key is null ? "" : $"token={key}" };

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address.Uri, CancellationToken.None));
        Assert.Equal(status, (int)socket.HttpStatusCode);
    }

    [Theory]
    [InlineData("stage", "v", false)]
    [InlineData("stage", "p", true)]
    [InlineData("hall", null, false)]
    [InlineData("hall", "p", true)]
    public async Task The_view_key_lets_watch_and_the_publish_key_lets_do_both(string room, string? key, bool mayPublish)
    {
        await using RoomTestClient ada = await RoomTestClient.OpenAsync(Address, room, key);
        JsonElement joined = await ada.JoinAsync("Ada");
        using var peer = new WebRtcTestPeer();
        await ada.SendAsync(new
        {
            type = "offer", pc = "send", sdp = SendingOffer.Create(peer, new SendingSection("0", "audio")), tracks = new[] { new { mid = "0", publication = "camera" } }, request = 5,
        });

        Assert.Equal(mayPublish, joined.GetProperty("mayPublish").GetBoolean());
        JsonElement reply = await ada.NextAsync(mayPublish ? "answer" : "error");
        Assert.Equal(5, reply.GetProperty("request").GetInt32());
        if (!mayPublish) Assert.Equal(("not-allowed", "offer", "send"), (reply.GetProperty("code").GetString(), reply.GetProperty("of").GetString(), reply.GetProperty("pc").GetString()));
    }

    [Fact]
    public async Task A_plain_request_is_told_to_open_a_websocket()
    {
        using HttpResponseMessage response = await _gateway.Client.GetAsync("/rooms/demo/session");

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("/problems/websocket-required", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task It_works_over_http_2_which_browsers_use_where_they_have_it()
    {
        using HttpClient http = WhepTestClient.TrustingHttpClient();
        var address = new Uri($"https://127.0.0.1:{_gateway.Host.HttpsPort}");
        await using RoomTestClient ada = await RoomTestClient.OpenAsync(address, "demo", configure: options =>
        {
            options.HttpVersion = HttpVersion.Version20;
            options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }, over: http);

        Assert.Equal("Ada", (await ada.JoinAsync("Ada")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_api_shows_participants_and_a_room_of_nobody_else()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        JsonElement room = await _gateway.Client.GetFromJsonAsync<JsonElement>("/api/v1/rooms/demo");
        JsonElement list = await _gateway.Client.GetFromJsonAsync<JsonElement>("/api/v1/rooms");
        JsonElement participant = Assert.Single(room.GetProperty("participants").EnumerateArray());

        Assert.Equal((ada.Id, "Ada", false), (participant.GetProperty("id").GetString(), participant.GetProperty("name").GetString(), participant.GetProperty("away").GetBoolean()));
        Assert.Empty(participant.GetProperty("publications").EnumerateArray());
        Assert.False(room.GetProperty("isLive").GetBoolean());
        Assert.Equal("demo", Assert.Single(list.GetProperty("items").EnumerateArray()).GetProperty("name").GetString());
        Assert.DoesNotContain(ada.Resume, room.ToString(), StringComparison.Ordinal);
        await ada.SendAsync(new { type = "leave" });
        await ada.ClosedAsync();
        await Until.SoAsync(async () => (await _gateway.Client.GetAsync("/api/v1/rooms/demo")).StatusCode == HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_reference_describes_it()
    {
        JsonElement api = await _gateway.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        Assert.True(api.GetProperty("paths").GetProperty("/rooms/{room}/session").GetProperty("get").GetProperty("responses").TryGetProperty("101", out _));
    }
}
