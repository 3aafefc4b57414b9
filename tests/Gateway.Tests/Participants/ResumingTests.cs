using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Gateway.Tests.Hosting;
using TestKit.Signalling;

namespace Gateway.Tests.Participants;

[Trait("Suite", "inprocess")]
public sealed class ResumingTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    private Uri Address => _gateway.Client.BaseAddress!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync("--Participants:ResumeSeconds=2");

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Who_leaves_is_gone_at_once()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient grace = await RoomTestClient.JoinAsync(Address, "demo", "Grace");
        await ada.SendAsync(new { type = "leave" });

        Assert.Equal("left", await ada.ClosedAsync());
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "left"), (ada.CloseStatus!.Value, ada.CloseWord));
        Assert.Equal(ada.Id, (await grace.NextParticipantAsync("left")).GetProperty("id").GetString());
        await using RoomTestClient again = await RoomTestClient.OpenAsync(Address, "demo");
        Assert.False((await again.JoinAsync("Ada", ada.Resume)).GetProperty("resumed").GetBoolean());
        Assert.NotEqual(ada.Id, again.Id);
    }

    [Fact]
    public async Task A_lost_connection_keeps_the_place_and_who_returns_has_it()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient grace = await RoomTestClient.JoinAsync(Address, "demo", "Grace");
        ada.Break();
        await grace.NextParticipantAsync("changed", who => who.GetProperty("id").GetString() == ada.Id && who.GetProperty("away").GetBoolean());
        JsonElement room = await _gateway.Client.GetFromJsonAsync<JsonElement>("/api/v1/rooms/demo");
        Assert.True(room.GetProperty("participants")[0].GetProperty("away").GetBoolean());

        await using RoomTestClient back = await RoomTestClient.OpenAsync(Address, "demo");
        JsonElement joined = await back.JoinAsync("Ada L.", ada.Resume);

        Assert.True(joined.GetProperty("resumed").GetBoolean());
        Assert.Equal((ada.Id, ada.Resume), (back.Id, back.Resume));
        Assert.Equal(grace.Id, Assert.Single(joined.GetProperty("participants").EnumerateArray()).GetProperty("id").GetString());
        JsonElement returned = await grace.NextParticipantAsync("changed", who => !who.GetProperty("away").GetBoolean());
        Assert.Equal((ada.Id, "Ada L."), (returned.GetProperty("id").GetString(), returned.GetProperty("name").GetString()));
        await Task.Delay(TimeSpan.FromSeconds(2.5)); // the time that the place would have been kept
        await grace.PingAsync();
        Assert.DoesNotContain(grace.Rest(), message => message.GetProperty("type").GetString() == "participant");
    }

    [Fact]
    public async Task Who_closes_without_a_word_may_return_too()
    {
        await using RoomTestClient grace = await RoomTestClient.JoinAsync(Address, "demo", "Grace");
        RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await ada.DisposeAsync();
        await grace.NextParticipantAsync("changed");
        await using RoomTestClient back = await RoomTestClient.JoinAsync(Address, "demo", "Ada", resume: ada.Resume);

        Assert.Equal(ada.Id, back.Id);
    }

    [Fact]
    public async Task Who_does_not_return_in_time_has_left_and_is_somebody_new_then()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient grace = await RoomTestClient.JoinAsync(Address, "demo", "Grace");
        ada.Break();

        Assert.Equal(ada.Id, (await grace.NextParticipantAsync("left")).GetProperty("id").GetString());
        await using RoomTestClient late = await RoomTestClient.OpenAsync(Address, "demo");
        Assert.False((await late.JoinAsync("Ada", ada.Resume)).GetProperty("resumed").GetBoolean());
        Assert.NotEqual(ada.Id, late.Id);
    }

    [Fact]
    public async Task Of_two_with_one_secret_the_later_one_has_the_place()
    {
        await using RoomTestClient grace = await RoomTestClient.JoinAsync(Address, "demo", "Grace");
        await using RoomTestClient first = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient second = await RoomTestClient.JoinAsync(Address, "demo", "Ada", resume: first.Resume);

        Assert.Equal("taken-over", await first.ClosedAsync());
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "taken-over"), (first.CloseStatus!.Value, first.CloseWord));
        Assert.Equal(first.Id, second.Id);
        await second.SendAsync(new { type = "mute", publication = "camera", kind = "audio", muted = true });
        await second.PingAsync();
        await grace.NextParticipantAsync("joined");
        await grace.PingAsync();
        Assert.Empty(grace.Rest()); // nobody was away, and nobody left
    }

    [Fact]
    public async Task A_secret_opens_no_place_in_another_room()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "one", "Ada");
        await using RoomTestClient other = await RoomTestClient.OpenAsync(Address, "two");

        Assert.False((await other.JoinAsync("Ada", ada.Resume)).GetProperty("resumed").GetBoolean());
        await ada.PingAsync();
    }

    [Fact]
    public async Task What_happens_is_told_in_the_event_stream()
    {
        await using Stream stream = await _gateway.Client.GetStreamAsync("/api/v1/events?room=demo");
        using var events = new StreamReader(stream);
        RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await ada.DisposeAsync();
        JsonElement joined = await NextAsync(events, "participant.joined");
        Assert.Equal((ada.Id, "Ada"), (joined.GetProperty("subject").GetString(), joined.GetProperty("detail").GetString()));
        await NextAsync(events, "participant.away");
        await using RoomTestClient back = await RoomTestClient.JoinAsync(Address, "demo", "Ada", resume: ada.Resume);
        await NextAsync(events, "participant.resumed");
        await back.SendAsync(new { type = "leave" });
        await NextAsync(events, "participant.left");
    }

    [Fact]
    public async Task The_stop_of_the_gateway_is_told()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        Task stopping = _gateway.Host.StopAsync();

        Assert.Equal("shutting-down", await ada.ClosedAsync());
        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "shutting-down"), (ada.CloseStatus!.Value, ada.CloseWord));
        await stopping.WaitAsync(TimeSpan.FromSeconds(5));
    }

    private static async Task<JsonElement> NextAsync(StreamReader events, string type)
    {
        while (true)
        {
            string? line = await events.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));
            if (line == "event: " + type) return JsonDocument.Parse((await events.ReadLineAsync())!["data: ".Length..]).RootElement;
        }
    }
}
