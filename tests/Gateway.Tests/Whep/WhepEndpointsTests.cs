using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Api;
using Gateway.Tests.Hosting;
using TestKit.WebRtc;
using static Gateway.Tests.Whep.WhepCalls;

namespace Gateway.Tests.Whep;

[Trait("Suite", "inprocess")]
public sealed class WhepEndpointsTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync("--Rooms:closed:ViewKey=v", "--WebRtc:IceServers=stun:stun.example.org");
        await new FakePublisher(_gateway.Rooms, "demo").WriteBothAsync();
        await new FakePublisher(_gateway.Rooms, "closed").WriteBothAsync();
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task An_offer_is_answered_with_all_that_the_client_needs()
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, "/whep/demo");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(Sdp, response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("/whep/demo/sessions/", Header(response, "Location"), StringComparison.Ordinal);
        Assert.Matches("^\"[^\"]+\"$", Header(response, "ETag"));
        Assert.Equal(Fragment, Header(response, "Accept-Patch"));
        string links = Header(response, "Link");
        Assert.Contains("<stun:stun.example.org>; rel=\"ice-server\"", links, StringComparison.Ordinal);
        Assert.Contains("rel=\"urn:ietf:params:whep:ext:core:server-sent-events\"; events=\"active,inactive,layers,viewercount\"", links, StringComparison.Ordinal);
        Assert.Contains("rel=\"urn:ietf:params:whep:ext:core:layer\"", links, StringComparison.Ordinal);
        string answer = await response.Content.ReadAsStringAsync();
        Assert.Contains("a=ice-lite", answer, StringComparison.Ordinal);
        Assert.Contains($" 127.0.0.1 {_gateway.Host.WebRtcPort} typ host", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_from_elsewhere_may_read_what_it_needs()
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, "/whep/demo");
        Assert.Equal("*", Header(response, "Access-Control-Allow-Origin"));
        string[] exposed = Header(response, "Access-Control-Expose-Headers").Split(", ");
        Assert.Superset(new HashSet<string> { "Location", "ETag", "Link", "Retry-After" }, exposed.ToHashSet());
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/whep/demo");
        using HttpResponseMessage allowed = await _gateway.Client.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Equal(Sdp, Header(allowed, "Accept-Post"));
        Assert.Contains("Authorization", Header(allowed, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/whep/nobody", null, Sdp, 409, "nothing-live")]
    [InlineData("/whep/demo?publication=other", null, Sdp, 409, "nothing-live")]
    [InlineData("/whep/no%20name", null, Sdp, 400, "bad-name")]
    [InlineData("/whep/demo?publication=no%20name", null, Sdp, 400, "bad-name")]
    [InlineData("/whep/demo", "{}", "application/json", 415, "wrong-content-type")]
    [InlineData("/whep/demo", "hello", Sdp, 400, "bad-sdp")]
    [InlineData("/whep/demo", "v=0\r\ns=-\r\nt=0 0\r\n", Sdp, 422, "bad-offer")]
    [InlineData("/whep/closed", null, Sdp, 401, "key-required")]
    [InlineData("/whep/closed?token=wrong", null, Sdp, 403, "key-wrong")]
    public async Task A_refusal_says_why(string path, string? body, string type, int status, string problem)
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, path, body, type);
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("/problems/" + problem, answer.GetProperty("type").GetString());
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("*", Header(response, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Nothing_live_says_when_to_ask_again()
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, "/whep/nobody");
        Assert.Equal("2", Header(response, "Retry-After"));
    }

    [Fact]
    public async Task A_key_is_taken_as_bearer_and_as_token()
    {
        using HttpResponseMessage bearer = await PostAsync(_gateway.Client, "/whep/closed", token: "v");
        using HttpResponseMessage query = await PostAsync(_gateway.Client, "/whep/closed?token=v");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (bearer.StatusCode, query.StatusCode));
    }

    [Fact]
    public async Task A_body_over_64_KB_is_not_read()
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, "/whep/demo", "v=0\r\n" + new string('a', 70_000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task An_offer_without_a_codec_of_ours_is_answered_with_both_lists()
    {
        string offer = Offer(new WhepOfferOptions { Video = false }).Replace("opus/48000/2", "G722/8000", StringComparison.Ordinal);
        using HttpResponseMessage response = await PostAsync(_gateway.Client, "/whep/demo", offer);
        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        string detail = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;
        Assert.Contains("G722", detail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("opus", detail, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task The_endpoint_knows_no_other_method(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/whep/demo");
        using HttpResponseMessage response = await _gateway.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task The_picture_arrives_over_the_one_port()
    {
        await using WhepTestClient client = await WhepTestClient.ConnectAsync(new Uri(_gateway.Client.BaseAddress!, "/whep/demo"));
        Assert.NotEmpty(await client.WaitForPacketsAsync(client.Video!, 1, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Without_a_port_webrtc_is_off_and_says_so()
    {
        await using RunningGateway off = await RunningGateway.StartAsync("--WebRtc:Port=0");
        await new FakePublisher(off.Rooms, "demo").WriteBothAsync();
        using HttpResponseMessage response = await PostAsync(off.Client, "/whep/demo");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        JsonElement gateway = await off.Client.GetFromJsonAsync<JsonElement>("/api/v1/gateway");
        Assert.Contains("WebRTC is off", gateway.GetProperty("missing")[0].GetString(), StringComparison.Ordinal);
    }
}
