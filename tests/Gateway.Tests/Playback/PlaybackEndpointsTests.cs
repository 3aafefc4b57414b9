using System.Text.Json;
using Gateway.Tests.Hosting;

namespace Gateway.Tests.Playback;

/// <summary>What the API answers before there is anything to see.</summary>
[Trait("Suite", "inprocess")]
public sealed class PlaybackEndpointsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _media = new();
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_media.Path, "text.mp4"), "no media at all");
        await File.WriteAllBytesAsync(Path.Combine(_media.Path, "empty.webm"), []);
        await File.WriteAllBytesAsync(Path.Combine(_media.Path, "torn.flv"), Convert.FromHexString("464c5601050000000900000000"));
        Directory.CreateDirectory(Path.Combine(_media.Path, "sub"));
        await File.WriteAllTextAsync(Path.Combine(_media.Path, "sub", "other.mp4"), "neither");
        _gateway = await RunningGateway.StartAsync(
            "--Admin:Key=secret", $"--Playback:Directory={_media.Path}", "--Rooms:stage:PublishKey=stagekey");
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _media.Dispose();
    }

    [Fact]
    public async Task Files_are_listed_by_pages()
    {
        (int status, JsonElement page) = await _gateway.Client.CallAsync(HttpMethod.Get, "/media?offset=1&limit=2");
        Assert.Equal((200, 4), (status, page.GetProperty("total").GetInt32()));
        Assert.Equal(["sub/other.mp4", "text.mp4"], page.GetProperty("items").EnumerateArray().Select(file => file.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("text.mp4")]
    [InlineData("empty.webm")]
    [InlineData("torn.flv")]
    public async Task What_is_no_media_is_refused_with_the_reason_and_leaves_no_room(string file)
    {
        (int status, JsonElement problem) = await _gateway.Client.CallAsync(HttpMethod.Post, "/rooms/demo/playback", new { file });
        Assert.Equal((422, "unplayable"), (status, problem.TypeOf()));
        Assert.StartsWith(file, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Null(_gateway.Rooms.Find("demo"));
        Assert.Equal(0, (await _gateway.Client.CallAsync(HttpMethod.Get, "/rooms/demo/playback")).Body.GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("""{"file":"../text.mp4"}""", 404, "no-such-file")]
    [InlineData("""{"file":"/etc/passwd"}""", 404, "no-such-file")]
    [InlineData("""{"file":"missing.mp4"}""", 404, "no-such-file")]
    [InlineData("""{}""", 400, "bad-request")]
    [InlineData("""{"file":"text.mp4","recording":"x"}""", 400, "bad-request")]
    [InlineData("""{"file":"text.mp4","colour":"red"}""", 400, "bad-request")]
    [InlineData("""{"file":"text.mp4","as":"no name"}""", 400, "bad-name")]
    [InlineData("""{"file":"text.mp4","start":-1}""", 400, "bad-request")]
    [InlineData("""{"file":"text.mp4","loop":"yes"}""", 400, "bad-request")]
    [InlineData("null", 400, "bad-request")]
    [InlineData("{", 400, "bad-request")]
    public async Task A_bad_order_is_told_what_is_wrong(string order, int status, string type)
    {
        using var content = new StringContent(order, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage response = await _gateway.Client.PostAsync(new Uri("/api/v1/rooms/demo/playback", UriKind.Relative), content);
        JsonElement problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((status, type), ((int)response.StatusCode, problem.TypeOf()));
    }

    [Fact]
    public async Task Playing_is_for_this_machine_for_the_admin_key_and_for_the_rooms_publish_key()
    {
        var order = new { file = "text.mp4" };
        async Task<int> Status(string room, string? key) =>
            (await _gateway.Client.CallAsync(HttpMethod.Post, $"/rooms/{room}/playback", order, key, fromElsewhere: true)).Status;

        Assert.Equal(403, await Status("demo", null));
        Assert.Equal(403, await Status("demo", "stagekey"));
        Assert.Equal(422, await Status("demo", "secret"));
        Assert.Equal(403, await Status("stage", null));
        Assert.Equal(422, await Status("stage", "stagekey"));
        Assert.Equal(403, (await _gateway.Client.CallAsync(HttpMethod.Get, "/media", fromElsewhere: true)).Status);
        Assert.Equal(200, (await _gateway.Client.CallAsync(HttpMethod.Get, "/media?room=stage", key: "stagekey", fromElsewhere: true)).Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_playback_that_is_not_there_is_not_found(string method)
    {
        (int status, JsonElement problem) = await _gateway.Client.CallAsync(new HttpMethod(method), "/rooms/demo/playback/nothing", new { paused = true });
        Assert.Equal((404, "no-such-playback"), (status, problem.TypeOf()));
    }
}
