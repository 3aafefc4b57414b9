using System.Net;
using System.Text.Json;
using Gateway.Tests.Api;

namespace Gateway.Tests.Rtp;

public sealed class RtpInEndpointsTests
{
    private const string Sdp = "v=0\nm=video 9 RTP/AVP 96\na=rtpmap:96 VP8/90000\n";

    [Theory]
    [InlineData("not sdp", "application/sdp", "", HttpStatusCode.BadRequest, "bad-sdp")]
    [InlineData("v=0\nm=video x", "application/sdp", "", HttpStatusCode.BadRequest, "bad-sdp")]
    [InlineData(Sdp, "text/plain", "", HttpStatusCode.UnsupportedMediaType, "wrong-content-type")]
    [InlineData(Sdp, "application/sdp", "?name=a%20b", HttpStatusCode.BadRequest, "bad-name")]
    [InlineData("v=0\nm=video 9 RTP/AVP 96\na=rtpmap:96 MPV/90000\n", "application/sdp", "", HttpStatusCode.NotAcceptable, "no-common-codec")]
    [InlineData("v=0\nm=video 9 RTP/SAVP 96\na=rtpmap:96 VP8/90000\n", "application/sdp", "", HttpStatusCode.UnprocessableEntity, "bad-offer")]
    [InlineData("v=0\n", "application/sdp", "", HttpStatusCode.UnprocessableEntity, "bad-offer")]
    public async Task A_bad_request_is_told_why(string body, string type, string query, HttpStatusCode status, string problem)
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        (HttpStatusCode came, string text) = await room.PostAsync(body, query, type);
        Assert.Equal(status, came);
        JsonElement answer = JsonDocument.Parse(text).RootElement;
        Assert.EndsWith(problem, answer.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.True(answer.GetProperty("detail").GetString()!.Length > 10);
    }

    [Fact]
    public async Task What_was_opened_can_be_looked_at_and_closed()
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        int port = Assert.Single(await room.OpenAsync(Sdp));
        JsonElement status = await room.StatusAsync();
        Assert.Equal("waiting", status.GetProperty("state").GetString());
        Assert.Equal(port, status.GetProperty("sections")[0].GetProperty("port").GetInt32());
        Assert.Equal(HttpStatusCode.NoContent, (await room.Gateway.Client.DeleteAsync(room.Location)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await room.Gateway.Client.DeleteAsync(room.Location)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await room.Gateway.Client.GetAsync(room.Location)).StatusCode);
    }

    [Fact]
    public async Task All_ports_in_use_is_an_answer_of_its_own()
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        HttpStatusCode status = HttpStatusCode.Created;
        string body = "";
        for (int i = 0; i < 20 && status == HttpStatusCode.Created; i++) (status, body) = await room.PostAsync(Sdp, $"?name=n{i}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("no-ports", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_elsewhere_it_needs_the_rooms_publish_key_or_the_admin_key()
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync("--Rooms:demo:PublishKey=secret", "--Admin:Key=admin");
        room.Gateway.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.9");
        Assert.Equal(HttpStatusCode.Unauthorized, (await room.PostAsync(Sdp)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await room.PostAsync(Sdp, token: "wrong")).Status);
        Assert.Equal(HttpStatusCode.Created, (await room.PostAsync(Sdp, token: "secret")).Status);
        Assert.Equal(HttpStatusCode.Created, (await room.PostAsync(Sdp, "?name=other", token: "admin")).Status);
    }

    [Fact]
    public async Task Without_a_key_it_is_for_callers_of_this_machine()
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        room.Gateway.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.9");
        (HttpStatusCode status, string body) = await room.PostAsync(Sdp);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("local-only", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_of_another_protocol_is_taken()
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        await room.OpenAsync(Sdp);
        _ = new FakePublisher(room.Gateway.Rooms, "demo", "taken");
        (HttpStatusCode status, string body) = await room.PostAsync(Sdp, "?name=taken");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("rtp-in?name=ANOTHER", body, StringComparison.Ordinal);
    }
}
