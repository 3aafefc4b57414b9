using System.Text.Json;
using Gateway.Tests.Hosting;

namespace Gateway.Tests.Api;

[Trait("Suite", "inprocess")]
public sealed class EventEndpointsTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task What_changes_is_told_with_type_and_json()
    {
        using StreamReader events = await Open("/api/v1/events");
        await new FakePublisher(_gateway.Rooms, "demo").WriteVideoAsync();
        (string type, JsonElement data) = await Next(events);
        Assert.Equal("publication.started", type);
        Assert.Equal("demo", data.GetProperty("room").GetString());
        Assert.Equal("main", data.GetProperty("publication").GetString());
        Assert.Equal("track.added", (await Next(events)).Type);
    }

    [Fact]
    public async Task A_stream_of_one_room_tells_of_no_other()
    {
        using StreamReader events = await Open("/api/v1/events?room=b");
        _ = new FakePublisher(_gateway.Rooms, "a");
        _ = new FakePublisher(_gateway.Rooms, "b");
        Assert.Equal("b", (await Next(events)).Data.GetProperty("room").GetString());
    }

    [Fact]
    public async Task A_publisher_that_leaves_is_told_as_away()
    {
        var publisher = new FakePublisher(_gateway.Rooms, "demo");
        await publisher.WriteVideoAsync();
        using StreamReader events = await Open("/api/v1/events");
        publisher.Leave();
        Assert.Equal("publication.away", (await Next(events)).Type);
    }

    [Fact]
    public async Task The_stop_of_the_gateway_is_told_as_the_end_of_what_is_live()
    {
        await new FakePublisher(_gateway.Rooms, "demo").WriteVideoAsync();
        using StreamReader events = await Open("/api/v1/events");
        await _gateway.Host.StopAsync();
        (string type, JsonElement data) = await Next(events);
        Assert.Equal(("publication.ended", "shutting-down"), (type, data.GetProperty("detail").GetString()));
    }

    private async Task<StreamReader> Open(string path)
    {
        var reader = new StreamReader(await _gateway.Client.GetStreamAsync(path));
        Assert.Equal(": connected", await reader.ReadLineAsync().WaitAsync(Patience));
        Assert.Equal("", await reader.ReadLineAsync().WaitAsync(Patience));
        return reader;
    }

    private static async Task<(string Type, JsonElement Data)> Next(StreamReader events)
    {
        string type = (await events.ReadLineAsync().WaitAsync(Patience))!["event: ".Length..];
        string data = (await events.ReadLineAsync().WaitAsync(Patience))!["data: ".Length..];
        await events.ReadLineAsync().WaitAsync(Patience);
        return (type, JsonDocument.Parse(data).RootElement);
    }
}
