using System.Net;
using System.Text.Json;
using Gateway.Tests.Api;
using Gateway.Tests.Hosting;
using static Gateway.Tests.Whep.WhepCalls;

namespace Gateway.Tests.Whep;

[Trait("Suite", "inprocess")]
public sealed class WhepSessionEndpointsTests : IAsyncLifetime
{
    private const string NewCredentials = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n";
    private const string Trickle = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host\r\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private RunningGateway _gateway = null!;
    private FakePublisher _publisher = null!;
    private Uri _session = null!;
    private string _etag = "";
    private string _answer = "";

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync();
        _publisher = new FakePublisher(_gateway.Rooms, "demo");
        await _publisher.WriteBothAsync();
        using HttpResponseMessage response = await PostAsync(_gateway.Client, "/whep/demo");
        _session = new Uri(_gateway.Client.BaseAddress!, Header(response, "Location"));
        _etag = Header(response, "ETag");
        _answer = await response.Content.ReadAsStringAsync();
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Candidates_trickle_in()
    {
        using HttpResponseMessage response = await PatchAsync(_gateway.Client, _session, Trickle, _etag);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Theory]
    [InlineData(null, Trickle, Fragment, 428)]
    [InlineData("\"other\"", Trickle, Fragment, 412)]
    [InlineData("*", Trickle, Fragment, 412)]
    [InlineData("\"other\"", NewCredentials, Fragment, 412)]
    [InlineData("*", Trickle, Sdp, 415)]
    [InlineData("*", "a=ice-ufrag:abcd\r\n", Fragment, 400)]
    [InlineData("*", "garbage", Fragment, 400)]
    public async Task A_patch_that_does_not_fit_is_refused(string? match, string body, string type, int status)
    {
        using HttpResponseMessage response = await PatchAsync(_gateway.Client, _session, body, match, type);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task New_credentials_restart_ice_and_change_the_etag(bool byStar)
    {
        using HttpResponseMessage response = await PatchAsync(_gateway.Client, _session, NewCredentials, byStar ? "*" : _etag);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Fragment, response.Content.Headers.ContentType?.MediaType);
        string fragment = await response.Content.ReadAsStringAsync();
        string ufrag = fragment.Split("\r\n").Single(line => line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal));
        Assert.DoesNotContain(ufrag, _answer, StringComparison.Ordinal);
        Assert.Contains("a=candidate:", fragment, StringComparison.Ordinal);
        Assert.NotEqual(_etag, Header(response, "ETag"));
        using HttpResponseMessage late = await PatchAsync(_gateway.Client, _session, Trickle, _etag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        using HttpResponseMessage fresh = await PatchAsync(_gateway.Client, _session, Trickle, Header(response, "ETag"));
        Assert.Equal(HttpStatusCode.NoContent, fresh.StatusCode);
    }

    [Fact]
    public async Task Leaving_ends_it_for_good()
    {
        Assert.Equal(HttpStatusCode.OK, (await _gateway.Client.DeleteAsync(_session)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _gateway.Client.DeleteAsync(_session)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PatchAsync(_gateway.Client, _session, Trickle, _etag)).StatusCode);
    }

    [Fact]
    public async Task The_id_in_the_api_does_not_open_the_session()
    {
        string id = Assert.Single(_publisher.Publication.Snapshot.Subscribers).Id;
        Assert.DoesNotContain(id, _session.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _gateway.Client.DeleteAsync($"/whep/demo/sessions/{id}")).StatusCode);
    }

    [Fact]
    public async Task The_events_tell_of_the_publication_and_of_the_end()
    {
        using var events = new StreamReader(await _gateway.Client.GetStreamAsync(_session + "/events"));
        Assert.Equal("active", (await NextAsync(events)).Type);
        (string type, JsonElement media) = await NextAsync(events);
        Assert.Equal("media", type);
        Assert.Equal(["video", "audio"], media.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetString()));
        Assert.Equal("layers", (await NextAsync(events)).Type);
        Assert.Equal(1, (await NextAsync(events)).Data.GetProperty("viewercount").GetInt32());
        _publisher.Leave();
        Assert.Equal("inactive", (await NextAsync(events)).Type);
        string id = _publisher.Publication.Snapshot.Subscribers[0].Id;
        Assert.Equal(HttpStatusCode.NoContent, (await _gateway.Client.DeleteAsync($"/api/v1/rooms/demo/subscribers/{id}")).StatusCode);
        (string Type, JsonElement Data) last;
        do last = await NextAsync(events);
        while (last.Type != "closed");
        Assert.Equal("kicked", last.Data.GetProperty("reason").GetString());
        Assert.Equal("", (await events.ReadToEndAsync().WaitAsync(Patience)).Trim());
    }

    [Fact]
    public async Task A_client_may_choose_its_events()
    {
        using HttpResponseMessage chosen = await PostAsync(_gateway.Client, _session + "/events", "[\"viewercount\"]", "application/json");
        Assert.Equal(HttpStatusCode.Created, chosen.StatusCode);
        Assert.EndsWith("/events?types=viewercount", Header(chosen, "Location"), StringComparison.Ordinal);
        using HttpResponseMessage unknown = await PostAsync(_gateway.Client, _session + "/events", "[\"weather\"]", "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Theory]
    [InlineData("{}", 200)]
    [InlineData("{\"encodingId\":\"1\"}", 200)]
    [InlineData("{\"encodingId\":\"2\"}", 400)]
    [InlineData("nonsense", 400)]
    public async Task There_is_one_layer_to_choose(string body, int status)
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, _session + "/layer", body, "application/json");
        Assert.Equal(status, (int)response.StatusCode);
    }

    private static async Task<(string Type, JsonElement Data)> NextAsync(StreamReader events)
    {
        string? type = null;
        while (await events.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) type = line["event: ".Length..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return (type!, JsonDocument.Parse(line["data: ".Length..]).RootElement);
        }

        throw new EndOfStreamException();
    }
}
