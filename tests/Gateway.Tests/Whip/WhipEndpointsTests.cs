using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Api;
using Gateway.Tests.Hosting;
using Gateway.Tests.Whep;
using TestKit.WebRtc;
using static Gateway.Tests.Whep.WhepCalls;

namespace Gateway.Tests.Whip;

[Trait("Suite", "inprocess")]
public sealed class WhipEndpointsTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync(
        "--Rooms:closed:PublishKey=p", "--WebRtc:IceServers=stun:stun.example.org");

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task An_offer_is_answered_with_all_that_the_client_needs()
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, "/whip/demo", Offer());

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(Sdp, response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("/whip/demo/sessions/", Header(response, "Location"), StringComparison.Ordinal);
        Assert.Matches("^\"[^\"]+\"$", Header(response, "ETag"));
        Assert.Equal(Fragment, Header(response, "Accept-Patch"));
        Assert.Equal("<stun:stun.example.org>; rel=\"ice-server\"", Header(response, "Link"));
        Assert.Equal("*", Header(response, "Access-Control-Allow-Origin"));
        string answer = await response.Content.ReadAsStringAsync();
        Assert.Contains("a=recvonly", answer, StringComparison.Ordinal);
        Assert.Contains($" 127.0.0.1 {_gateway.Host.WebRtcPort} typ host", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/whip/no%20name", null, Sdp, 400, "bad-name")]
    [InlineData("/whip/demo?name=no%20name", null, Sdp, 400, "bad-name")]
    [InlineData("/whip/demo", "{}", "application/json", 415, "wrong-content-type")]
    [InlineData("/whip/demo", "hello", Sdp, 400, "bad-sdp")]
    [InlineData("/whip/demo", "v=0\r\ns=-\r\nt=0 0\r\n", Sdp, 422, "bad-offer")]
    [InlineData("/whip/closed", null, Sdp, 401, "key-required")]
    [InlineData("/whip/closed?token=wrong", null, Sdp, 403, "key-wrong")]
    public async Task A_refusal_says_why(string path, string? body, string type, int status, string problem)
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, path, body ?? Offer(), type);

        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal($"/problems/{problem}", answer.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_codec_that_is_not_carried_is_refused_naming_both_sides()
    {
        using var peer = new WebRtcTestPeer();
        using HttpResponseMessage response = await PostAsync(_gateway.Client, "/whip/demo", WhipOffer.Create(peer, "H263", audio: false));

        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        string detail = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;
        Assert.Contains("H263", detail, StringComparison.Ordinal);
        Assert.Contains("VP8", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rooms_key_opens_it_as_a_bearer_token()
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, "/whip/closed", Offer(), token: "p");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task A_name_that_comes_in_elsewhere_is_taken_and_the_answer_names_the_way_out()
    {
        await new FakePublisher(_gateway.Rooms, "busy").WriteBothAsync();

        using HttpResponseMessage taken = await PostAsync(_gateway.Client, "/whip/busy", Offer());
        using HttpResponseMessage other = await PostAsync(_gateway.Client, "/whip/busy?name=second", Offer());

        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        JsonElement answer = await taken.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("/problems/name-taken", answer.GetProperty("type").GetString());
        Assert.Contains("?name=", answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, other.StatusCode);
    }

    [Fact]
    public async Task A_session_is_trickled_to_restarted_and_left()
    {
        using HttpResponseMessage posted = await PostAsync(_gateway.Client, "/whip/demo", Offer());
        var session = new Uri(_gateway.Client.BaseAddress!, posted.Headers.Location!);
        string etag = Header(posted, "ETag");
        const string Candidate = "a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.7 4000 typ host\r\n";
        const string Restart = "a=ice-ufrag:anew\r\na=ice-pwd:0123456789012345678901\r\n";

        Assert.Equal(428, await StatusOfPatchAsync(session, Candidate, null));
        Assert.Equal(412, await StatusOfPatchAsync(session, Candidate, "\"other\""));
        Assert.Equal(415, await StatusOfPatchAsync(session, Candidate, etag, "text/plain"));
        Assert.Equal(204, await StatusOfPatchAsync(session, Candidate, etag));
        using HttpResponseMessage restarted = await PatchAsync(_gateway.Client, session, Restart, "*");
        Assert.Equal(HttpStatusCode.OK, restarted.StatusCode);
        Assert.NotEqual(etag, Header(restarted, "ETag"));
        Assert.Equal(412, await StatusOfPatchAsync(session, Candidate, etag));
        Assert.Equal(HttpStatusCode.OK, (await _gateway.Client.DeleteAsync(session)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _gateway.Client.DeleteAsync(session)).StatusCode);
    }

    [Fact]
    public async Task Preflights_tell_what_may_be_sent()
    {
        using var entrance = new HttpRequestMessage(HttpMethod.Options, "/whip/demo");
        using HttpResponseMessage allowed = await _gateway.Client.SendAsync(entrance);
        using var session = new HttpRequestMessage(HttpMethod.Options, "/whip/demo/sessions/x");
        using HttpResponseMessage methods = await _gateway.Client.SendAsync(session);

        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Equal(Sdp, Header(allowed, "Accept-Post"));
        Assert.Contains("DELETE", Header(methods, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reference_describes_it()
    {
        JsonElement api = await _gateway.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        Assert.True(api.GetProperty("paths").TryGetProperty("/whip/{room}", out JsonElement path));
        Assert.True(path.GetProperty("post").GetProperty("responses").TryGetProperty("409", out _));
    }

    private static string Offer()
    {
        using var peer = new WebRtcTestPeer();
        return WhipOffer.Create(peer);
    }

    private async Task<int> StatusOfPatchAsync(Uri session, string body, string? match, string type = Fragment)
    {
        using HttpResponseMessage response = await PatchAsync(_gateway.Client, session, body, match, type);
        return (int)response.StatusCode;
    }
}
