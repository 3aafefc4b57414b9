using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Rooms;

namespace Gateway.Tests.Api;

[Trait("Suite", "inprocess")]
public sealed class RoomEndpointsTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync("--Admin:Key=secret", "--Rooms:closed:ViewKey=v", "--Rooms:plain:VideoPolicy=reject");

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_room_shows_its_publications_and_tracks_with_what_browsers_can_not_take()
    {
        await new FakePublisher(_gateway.Rooms, "demo").WriteVideoAsync(reorderFrames: 2);
        JsonElement room = await Get("/api/v1/rooms/demo");
        Assert.True(room.GetProperty("isLive").GetBoolean());
        JsonElement publication = room.GetProperty("publications")[0];
        Assert.Equal("main", publication.GetProperty("name").GetString());
        Assert.Equal("live", publication.GetProperty("state").GetString());
        JsonElement track = publication.GetProperty("tracks")[0];
        Assert.Equal("H264", track.GetProperty("codec").GetString());
        Assert.Equal("video", track.GetProperty("kind").GetString());
        Assert.Equal((640, 360), (track.GetProperty("width").GetInt32(), track.GetProperty("height").GetInt32()));
        Assert.False(track.GetProperty("webrtcCompatible").GetBoolean());
        Assert.Contains("B-frames", track.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_simulcast_track_shows_its_encodings()
    {
        var publisher = new FakeSimulcastPublisher(_gateway.Rooms, "demo");
        await publisher.WriteKeyframesAsync();
        JsonElement track = (await Get("/api/v1/rooms/demo")).GetProperty("publications")[0].GetProperty("tracks")[0];
        JsonElement[] encodings = [.. track.GetProperty("encodings").EnumerateArray()];
        Assert.Equal(["h 640x360", "l 160x90"], encodings.Select(encoding => $"{encoding.GetProperty("rid")} {encoding.GetProperty("width")}x{encoding.GetProperty("height")}"));
        Assert.Equal([true, true], encodings.Select(encoding => encoding.GetProperty("live").GetBoolean()));
        Assert.Equal([true, false], encodings.Select(encoding => encoding.GetProperty("current").GetBoolean()));
        Assert.Equal(JsonValueKind.Number, encodings[0].GetProperty("bitrate").ValueKind);
        await new FakePublisher(_gateway.Rooms, "plain").WriteVideoAsync();
        track = (await Get("/api/v1/rooms/plain")).GetProperty("publications")[0].GetProperty("tracks")[0];
        Assert.False(track.TryGetProperty("encodings", out _));
    }

    [Theory]
    [InlineData("demo", "The video is converted for browsers because of B-frames")]
    [InlineData("plain", "Browsers can't show the video (B-frames: WebRTC receivers cannot reorder)")]
    public async Task A_warning_says_what_is_done_for_browsers(string room, string warning)
    {
        await new FakePublisher(_gateway.Rooms, room).WriteVideoAsync(reorderFrames: 2);
        JsonElement publication = (await Get("/api/v1/rooms/" + room)).GetProperty("publications")[0];
        Assert.Equal(warning, Assert.Single(publication.GetProperty("warnings").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task The_list_is_paged()
    {
        foreach (string name in (string[])["a", "b", "c"]) _ = new FakePublisher(_gateway.Rooms, name);
        JsonElement page = await Get("/api/v1/rooms?offset=1&limit=1");
        Assert.Equal(3, page.GetProperty("total").GetInt32());
        Assert.Equal("b", Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("GET", "/api/v1/rooms?limit=0", 400, "bad-page")]
    [InlineData("GET", "/api/v1/rooms?limit=x", 400, "bad-request")]
    [InlineData("GET", "/api/v1/rooms/no%20name", 400, "bad-name")]
    [InlineData("GET", "/api/v1/rooms/nobody", 404, "no-such-room")]
    [InlineData("GET", "/api/v1/rooms/nobody/subscribers", 404, "no-such-room")]
    [InlineData("GET", "/api/v1/nothing", 404, "not-found")]
    [InlineData("GET", "/nothing", 404, "not-found")]
    [InlineData("PUT", "/api/v1/rooms", 405, "method-not-allowed")]
    [InlineData("DELETE", "/api/v1/rooms/demo/publications/main", 404, "no-such-publication")]
    [InlineData("DELETE", "/api/v1/rooms/demo/subscribers/x", 404, "no-such-room")]
    public async Task An_error_is_a_problem_with_a_stable_type(string method, string path, int status, string problem)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage response = await _gateway.Client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("/problems/" + problem, body.GetProperty("type").GetString());
        Assert.Equal(status, body.GetProperty("status").GetInt32());
        Assert.NotEmpty(body.GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task A_publication_is_kicked_and_its_publisher_told()
    {
        var publisher = new FakePublisher(_gateway.Rooms, "demo");
        using HttpResponseMessage response = await _gateway.Client.DeleteAsync("/api/v1/rooms/demo/publications/main");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(CloseReason.Kicked, await publisher.Removed.Task.WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Kicking_from_elsewhere_needs_the_admin_key()
    {
        _ = new FakePublisher(_gateway.Rooms, "demo");
        using HttpRequestMessage without = RunningGateway.FromElsewhere(HttpMethod.Delete, "/api/v1/rooms/demo/publications/main");
        using HttpResponseMessage refused = await _gateway.Client.SendAsync(without);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using HttpRequestMessage with = RunningGateway.FromElsewhere(HttpMethod.Delete, "/api/v1/rooms/demo/publications/main");
        with.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        using HttpResponseMessage granted = await _gateway.Client.SendAsync(with);
        Assert.Equal(HttpStatusCode.NoContent, granted.StatusCode);
    }

    [Fact]
    public async Task A_room_says_that_watching_needs_a_key()
    {
        _ = new FakePublisher(_gateway.Rooms, "closed");
        JsonElement room = await Get("/api/v1/rooms/closed");
        Assert.True(room.GetProperty("viewKeyRequired").GetBoolean());
        Assert.False(room.GetProperty("publishKeyRequired").GetBoolean());
    }

    [Fact]
    public async Task Every_path_of_the_api_is_in_the_openapi_document()
    {
        JsonElement paths = (await Get("/openapi/v1.json")).GetProperty("paths");
        string[] described = [.. paths.EnumerateObject().Select(path => path.Name)];
        Assert.Contains("/api/v1/rooms", described);
        Assert.Contains("/api/v1/rooms/{room}", described);
        Assert.Contains("/api/v1/events", described);
        Assert.DoesNotContain(described, path => path.StartsWith("/problems", StringComparison.Ordinal));
    }

    private async Task<JsonElement> Get(string path) => await _gateway.Client.GetFromJsonAsync<JsonElement>(path);
}
