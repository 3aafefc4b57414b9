using System.Net;
using System.Text.Json;
using Gateway.Tests.Api;
using Gateway.Tests.Hosting;
using static Gateway.Tests.Whep.WhepCalls;

namespace Gateway.Tests.Whep;

/// <summary>The layer extension, before a simulcast publisher with the encodings h and l.</summary>
[Trait("Suite", "inprocess")]
public sealed class WhepLayerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private RunningGateway _gateway = null!;
    private FakeSimulcastPublisher _publisher = null!;
    private Uri _session = null!;

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync();
        _publisher = new FakeSimulcastPublisher(_gateway.Rooms, "demo");
        await _publisher.WriteKeyframesAsync();
        using HttpResponseMessage response = await PostAsync(_gateway.Client, "/whep/demo");
        _session = new Uri(_gateway.Client.BaseAddress!, Header(response, "Location"));
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task The_events_tell_the_encodings_and_which_of_them_are_sent()
    {
        // The answer took two seconds, waiting for sound: by now nothing is sent.
        await _publisher.WriteKeyframesAsync();
        JsonElement video = await LayersAsync();
        Assert.Equal(["h 640x360", "l 160x90"], video.GetProperty("layers").EnumerateArray().Select(Describe));
        Assert.Equal(["h 640x360", "l 160x90"], video.GetProperty("active").EnumerateArray().Select(Describe));
        Assert.Empty(video.GetProperty("inactive").EnumerateArray());
    }

    [Theory]
    [InlineData("{\"encodingId\":\"l\"}", "video/l")]
    [InlineData("{\"mediaId\":\"1\",\"encodingId\":\"h\"}", "video/h")]
    [InlineData("{}", "video")]
    public async Task A_viewer_chooses_by_the_publishers_rid(string body, string track)
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, _session + "/layer", body, "application/json");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string? gets = await _publisher.Publication.Loop.InvokeAsync(() => Assert.Single(_publisher.Publication.Subscribers).Snapshot().Video);
        Assert.Equal(track, gets);
    }

    [Theory]
    [InlineData("{\"encodingId\":\"m\"}", "there is \"h\", \"l\"")]
    [InlineData("{\"mediaId\":\"0\",\"encodingId\":\"l\"}", "video is in \"1\"")]
    public async Task A_choice_that_there_is_not_is_refused_with_what_there_is(string body, string detail)
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, _session + "/layer", body, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(detail, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static string Describe(JsonElement layer) =>
        $"{layer.GetProperty("encodingId").GetString()} {layer.GetProperty("width").GetInt32()}x{layer.GetProperty("height").GetInt32()}";

    /// <summary>The last news of the video section's layers that a stream that begins now tells.</summary>
    private async Task<JsonElement> LayersAsync()
    {
        using var events = new StreamReader(await _gateway.Client.GetStreamAsync(_session + "/events?types=layers"));
        bool isNext = false;
        while (await events.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (isNext) return JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("media").GetProperty("1");
            isNext = line == "event: layers";
        }

        throw new EndOfStreamException();
    }
}
