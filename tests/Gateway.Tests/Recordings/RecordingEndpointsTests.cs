using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Rooms;

namespace Gateway.Tests.Recordings;

[Trait("Suite", "inprocess")]
public sealed class RecordingEndpointsTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync(
        "--Admin:Key=secret", "--Rooms:closed:ViewKey=v", "--Rooms:closed:Recording=always", "--Rooms:never:Recording=off");

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_recording_is_started_listed_read_ended_and_removed()
    {
        using RoomEventListener events = _gateway.Rooms.Events.Listen();
        var speaker = new FakeSpeaker(_gateway.Rooms, "demo");
        await speaker.SpeakAsync();
        (HttpStatusCode status, JsonElement started) = await Send(HttpMethod.Post, "/api/v1/rooms/demo/recording");
        string id = started.GetProperty("id").GetString()!;
        Assert.Equal((HttpStatusCode.Created, "recording"), (status, started.GetProperty("state").GetString()));
        await speaker.SpeakAsync();
        Assert.Equal(HttpStatusCode.OK, (await Send(HttpMethod.Post, "/api/v1/rooms/demo/recording")).Status);
        string file = await FileOf(id, TimeSpan.FromSeconds(20));
        Assert.Equal(HttpStatusCode.Conflict, (await Send(HttpMethod.Delete, $"/api/v1/recordings/{id}")).Status);
        Assert.Equal(id, (await Send(HttpMethod.Get, "/api/v1/rooms/demo/recording")).Body.GetProperty("id").GetString());

        (_, JsonElement stopped) = await Send(HttpMethod.Delete, "/api/v1/rooms/demo/recording");
        Assert.Equal("finished", stopped.GetProperty("state").GetString());
        JsonElement segment = stopped.GetProperty("publications")[0].GetProperty("segments")[0];
        Assert.True(segment.GetProperty("finished").GetBoolean());
        Assert.Equal("opus", segment.GetProperty("tracks")[0].GetProperty("codec").GetString());
        Assert.Equal(1, (await Send(HttpMethod.Get, "/api/v1/recordings?room=demo")).Body.GetProperty("total").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await Send(HttpMethod.Delete, "/api/v1/rooms/demo/recording")).Status);

        using var part = new HttpRequestMessage(HttpMethod.Get, $"/recordings/{id}/{file}");
        part.Headers.Range = new RangeHeaderValue(4, 7);
        using HttpResponseMessage content = await _gateway.Client.SendAsync(part);
        Assert.Equal((HttpStatusCode.PartialContent, "video/mp4"), (content.StatusCode, content.Content.Headers.ContentType!.MediaType));
        Assert.Equal("ftyp", await content.Content.ReadAsStringAsync());
        Assert.Equal(segment.GetProperty("bytes").GetInt64(), content.Content.Headers.ContentRange!.Length);

        Assert.Equal(HttpStatusCode.NoContent, (await Send(HttpMethod.Delete, $"/api/v1/recordings/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Send(HttpMethod.Get, $"/api/v1/recordings/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Send(HttpMethod.Get, $"/recordings/{id}/{file}")).Status);
        Assert.Empty(Directory.GetDirectories(_gateway.Host.Options.RecorderDirectory));
        var told = new List<string>();
        while (events.Reader.TryRead(out RoomEvent? item))
            if (item.Subject == id) told.Add(item.Type);
        Assert.Equal([RoomEvent.RecordingStarted, RoomEvent.RecordingStopped], told);
    }

    [Theory]
    [InlineData("POST", "/api/v1/rooms/nobody/recording", 409, "nothing-live")]
    [InlineData("POST", "/api/v1/rooms/never/recording", 409, "recording-off")]
    [InlineData("POST", "/api/v1/rooms/no%20name/recording", 400, "bad-name")]
    [InlineData("GET", "/api/v1/rooms/nobody/recording", 404, "not-recorded")]
    [InlineData("GET", "/api/v1/recordings?limit=0", 400, "bad-page")]
    [InlineData("GET", "/api/v1/recordings?from=yesterday", 400, "bad-request")]
    [InlineData("GET", "/api/v1/recordings?room=closed", 401, "key-required")]
    [InlineData("GET", "/api/v1/recordings/20260101-0000-aaaa", 404, "no-such-recording")]
    [InlineData("DELETE", "/api/v1/recordings/20260101-0000-aaaa", 404, "no-such-recording")]
    [InlineData("GET", "/recordings/..%2f..%2f/recording.json", 404, "no-such-recording")]
    public async Task What_can_not_be_done_says_why(string method, string path, int status, string problem)
    {
        (HttpStatusCode answered, JsonElement body) = await Send(new HttpMethod(method), path);
        Assert.Equal((status, "/problems/" + problem), ((int)answered, body.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Recordings_of_a_room_with_a_view_key_are_for_those_who_have_it()
    {
        var speaker = new FakeSpeaker(_gateway.Rooms, "closed");
        await speaker.SpeakAsync();
        JsonElement recording = (await Send(HttpMethod.Get, "/api/v1/rooms/closed/recording?token=v")).Body;
        string id = recording.GetProperty("id").GetString()!;
        string file = await FileOf(id, TimeSpan.FromSeconds(20), "?token=v");
        Assert.Equal(HttpStatusCode.Unauthorized, (await Send(HttpMethod.Get, $"/api/v1/recordings/{id}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Send(HttpMethod.Get, $"/recordings/{id}/{file}")).Status);
        Assert.Equal(0, (await Send(HttpMethod.Get, "/api/v1/recordings")).Body.GetProperty("total").GetInt32());
        Assert.Equal(1, (await Send(HttpMethod.Get, "/api/v1/recordings?token=v")).Body.GetProperty("total").GetInt32());
        using HttpResponseMessage content = await _gateway.Client.GetAsync(new Uri($"/recordings/{id}/{file}?token=v", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, content.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Send(HttpMethod.Get, $"/recordings/{id}/recording.json?token=v")).Status);
    }

    [Theory]
    [InlineData("POST", "/api/v1/rooms/demo/recording")]
    [InlineData("DELETE", "/api/v1/rooms/demo/recording")]
    public async Task What_changes_something_is_for_this_machine_or_the_admin_key(string method, string path)
    {
        using HttpRequestMessage request = RunningGateway.FromElsewhere(new HttpMethod(method), path);
        using HttpResponseMessage answer = await _gateway.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    /// <summary>The name of the recording's first file, once something is in it.</summary>
    private async Task<string> FileOf(string id, TimeSpan patience, string query = "")
    {
        for (long end = Environment.TickCount64 + (long)patience.TotalMilliseconds; Environment.TickCount64 < end; await Task.Delay(50))
        {
            JsonElement recording = (await Send(HttpMethod.Get, $"/api/v1/recordings/{id}{query}")).Body;
            JsonElement publications = recording.GetProperty("publications");
            if (publications.GetArrayLength() == 0) continue;
            JsonElement segments = publications[0].GetProperty("segments");
            if (segments.GetArrayLength() > 0 && segments[0].GetProperty("bytes").GetInt64() > 0) return segments[0].GetProperty("file").GetString()!;
        }

        throw new TimeoutException("Nothing was recorded.");
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> Send(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using HttpResponseMessage answer = await _gateway.Client.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default);
    }
}
