using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using TestKit.Signalling;
using TestKit.WebRtc;

namespace Gateway.Tests.Participants;

/// <summary>Participants without browsers, over real sockets: what one sends comes to the others, as signalling says.</summary>
[Trait("Suite", "inprocess")]
public sealed class RoomMediaTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private RunningGateway _gateway = null!;

    private Uri Address => _gateway.Client.BaseAddress!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task What_one_publishes_the_others_are_told_of_and_get_by_one_peer_connection()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient bob = await RoomTestClient.JoinAsync(Address, "demo", "Bob");
        await using RoomTestClient eve = await RoomTestClient.JoinAsync(Address, "demo", "Eve");
        await using RoomTestSender camera = await RoomTestSender.PublishAsync(ada);
        await using RoomTestSender other = await RoomTestSender.PublishAsync(bob, seed: 8);

        await eve.NextParticipantAsync("changed", who => IsComplete(who, ada.Id));
        await eve.NextParticipantAsync("changed", who => IsComplete(who, bob.Id));
        await using RoomTestReceiver viewer = await RoomTestReceiver.WatchAsync(eve, ada.Id, bob.Id);

        Assert.Equal([ada.Id, ada.Id, bob.Id, bob.Id], viewer.Tracks.Select(track => track.GetProperty("publication").GetString()));
        Assert.Equal(["audio", "video", "audio", "video"], viewer.Tracks.Select(track => track.GetProperty("kind").GetString()));
        Assert.All(viewer.Tracks, track => Assert.False(track.TryGetProperty("refusal", out _)));
        Assert.All(viewer.Streams, stream => Assert.Equal(stream.Publication, stream.StreamId));
        foreach (RoomTestStream stream in viewer.Streams) await viewer.WaitForPacketsAsync(stream, 20, s_patience);
        JsonElement room = await _gateway.Client.GetFromJsonAsync<JsonElement>("/api/v1/rooms/demo");
        Assert.Equal([ada.Id], room.GetProperty("participants")[0].GetProperty("publications").EnumerateArray().Select(name => name.GetString()));
        Assert.All(room.GetProperty("publications").EnumerateArray(), publication => Assert.Equal(1, publication.GetProperty("subscriberCount").GetInt32()));
    }

    [Fact]
    public async Task A_screen_is_a_second_publication_that_comes_and_goes_while_the_camera_goes_on()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient bob = await RoomTestClient.JoinAsync(Address, "demo", "Bob");
        await using RoomTestSender sender = await RoomTestSender.PublishAsync(ada);
        await bob.NextParticipantAsync("changed", who => IsComplete(who, ada.Id));

        await sender.ShareScreenAsync();
        JsonElement sharing = await bob.NextParticipantAsync("changed", who => who.GetProperty("publications").EnumerateArray().Count(p => p.GetProperty("tracks").GetArrayLength() > 0) == 2);
        JsonElement screen = sharing.GetProperty("publications")[1];
        Assert.Equal(($"{ada.Id}-screen", "screen"), (screen.GetProperty("name").GetString(), screen.GetProperty("source").GetString()));
        await using RoomTestReceiver viewer = await RoomTestReceiver.WatchAsync(bob, ada.Id, ada.Id + "-screen");
        await viewer.WaitForPacketsAsync(viewer.Streams.Single(stream => stream.Publication == ada.Id + "-screen" && stream.Kind == "video"), 10, s_patience);

        await sender.StopScreenAsync();
        await bob.NextParticipantAsync("changed", who => who.GetProperty("publications").GetArrayLength() == 1);
        RoomTestStream picture = viewer.Streams.Single(stream => stream.Publication == ada.Id && stream.Kind == "video");
        await viewer.WaitForPacketsAsync(picture, viewer.CountOf(picture) + 20, s_patience);
    }

    [Fact]
    public async Task Muting_is_told_to_the_others_and_kept_over_a_lost_connection()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient bob = await RoomTestClient.JoinAsync(Address, "demo", "Bob");
        await using RoomTestSender sender = await RoomTestSender.PublishAsync(ada);
        await bob.NextParticipantAsync("changed", who => IsComplete(who, ada.Id));
        await ada.SendAsync(new { type = "mute", publication = "camera", kind = "audio", muted = true });

        await bob.NextParticipantAsync("changed", who => IsMuted(who));
        ada.Break();
        await bob.NextParticipantAsync("changed", who => who.GetProperty("away").GetBoolean() && IsMuted(who));
        await using RoomTestClient back = await RoomTestClient.OpenAsync(Address, "demo");
        JsonElement joined = await back.JoinAsync("Ada", ada.Resume);
        Assert.True(joined.GetProperty("publications")[0].GetProperty("tracks")[0].GetProperty("muted").GetBoolean());
        await back.SendAsync(new { type = "mute", publication = "camera", kind = "audio", muted = false });
        await bob.NextParticipantAsync("changed", who => !IsMuted(who));
    }

    [Fact]
    public async Task Media_go_on_while_the_connection_is_lost_and_end_when_the_participant_leaves()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient bob = await RoomTestClient.JoinAsync(Address, "demo", "Bob");
        await using RoomTestSender sender = await RoomTestSender.PublishAsync(ada);
        await bob.NextParticipantAsync("changed", who => IsComplete(who, ada.Id));
        await using RoomTestReceiver viewer = await RoomTestReceiver.WatchAsync(bob, ada.Id);
        RoomTestStream picture = viewer.Streams.Single(stream => stream.Kind == "video");
        ada.Break();
        await bob.NextParticipantAsync("changed", who => who.GetProperty("away").GetBoolean());

        await viewer.WaitForPacketsAsync(picture, viewer.CountOf(picture) + 30, s_patience);
        await using RoomTestClient back = await RoomTestClient.JoinAsync(Address, "demo", "Ada", resume: ada.Resume);
        await viewer.WaitForPacketsAsync(picture, viewer.CountOf(picture) + 30, s_patience);
        await back.SendAsync(new { type = "leave" });
        await bob.NextParticipantAsync("left");
        Assert.True(await sender.Peer.WaitAsync(peer => peer.Closed is not null, s_patience));
        Assert.Null(viewer.Peer.Get(peer => peer.Closed));
        Assert.Null(_gateway.Rooms.Find("demo", ada.Id));
    }

    [Fact]
    public async Task Nobody_gets_what_is_not_there_or_is_their_own()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestSender sender = await RoomTestSender.PublishAsync(ada);
        await using RoomTestReceiver viewer = await RoomTestReceiver.WatchAsync(ada, isConnecting: false, "nobody", ada.Id);

        Assert.Equal(
            ["unknown-publication", "unknown-publication", "own-publication", "own-publication"],
            viewer.Tracks.Select(track => track.GetProperty("refusal").GetString()));
    }

    [Fact]
    public async Task The_active_speaker_is_told_to_all()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient bob = await RoomTestClient.JoinAsync(Address, "demo", "Bob");
        await using RoomTestSender sender = await RoomTestSender.PublishAsync(ada, level: 20);

        Assert.Equal(ada.Id, (await bob.NextAsync("speaker")).GetProperty("participant").GetString());
        Assert.Equal(ada.Id, (await ada.NextAsync("speaker")).GetProperty("participant").GetString());
        await using RoomTestClient late = await RoomTestClient.OpenAsync(Address, "demo");
        Assert.Equal(ada.Id, (await late.JoinAsync("Late")).GetProperty("speaker").GetString());
        await ada.SendAsync(new { type = "leave" });
        Assert.Equal(JsonValueKind.Null, (await bob.NextAsync("speaker")).GetProperty("participant").ValueKind);
    }

    [Fact]
    public async Task Who_is_muted_is_not_the_speaker_however_loud_the_packets_say()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient bob = await RoomTestClient.JoinAsync(Address, "demo", "Bob");
        await ada.SendAsync(new { type = "mute", publication = "camera", kind = "audio", muted = true });
        await ada.PingAsync();
        await using RoomTestSender loud = await RoomTestSender.PublishAsync(ada, level: 5);
        await using RoomTestSender soft = await RoomTestSender.PublishAsync(bob, seed: 8, level: 35);

        Assert.Equal(bob.Id, (await ada.NextAsync("speaker")).GetProperty("participant").GetString());
    }

    [Fact]
    public async Task With_last_n_the_videos_of_others_pause_and_come_again()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient bob = await RoomTestClient.JoinAsync(Address, "demo", "Bob");
        await using RoomTestClient eve = await RoomTestClient.JoinAsync(Address, "demo", "Eve", lastN: 1);
        Assert.Empty((await eve.NextAsync("forwarded")).GetProperty("videos").EnumerateArray());
        await using RoomTestSender first = await RoomTestSender.PublishAsync(ada);
        await eve.NextAsync("forwarded", message => IsOnly(message, ada.Id));
        await using RoomTestSender second = await RoomTestSender.PublishAsync(bob, seed: 8, level: 20);
        await eve.NextAsync("forwarded", message => IsOnly(message, bob.Id)); // who speaks
        await using RoomTestReceiver viewer = await RoomTestReceiver.WatchAsync(eve, ada.Id, bob.Id);
        RoomTestStream hidden = viewer.Streams.Single(stream => stream.Publication == ada.Id && stream.Kind == "video");
        RoomTestStream shown = viewer.Streams.Single(stream => stream.Publication == bob.Id && stream.Kind == "video");

        await viewer.WaitForPacketsAsync(shown, 30, s_patience);
        Assert.Equal(0, viewer.CountOf(hidden));
        await eve.SendAsync(new { type = "settings", lastN = (int?)null });
        await viewer.WaitForPacketsAsync(hidden, 30, s_patience);
        await eve.SendAsync(new { type = "settings", lastN = 0 });
        Assert.Empty((await eve.NextAsync("forwarded")).GetProperty("videos").EnumerateArray());
    }

    [Fact]
    public async Task A_kicked_publication_is_gone_for_all()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient bob = await RoomTestClient.JoinAsync(Address, "demo", "Bob");
        await using RoomTestSender sender = await RoomTestSender.PublishAsync(ada);
        await bob.NextParticipantAsync("changed", who => IsComplete(who, ada.Id));
        using HttpResponseMessage kicked = await _gateway.Client.DeleteAsync($"/api/v1/rooms/demo/publications/{ada.Id}");

        Assert.True(kicked.IsSuccessStatusCode);
        await bob.NextParticipantAsync("changed", who => who.GetProperty("publications").GetArrayLength() == 0);
        Assert.Equal("Your camera was ended by an administrator.", (await ada.NextAsync("error", error => error.GetProperty("code").GetString() == "kicked")).GetProperty("detail").GetString());
        await ada.PingAsync();
    }

    [Fact]
    public async Task Who_loses_its_peer_connection_is_told_so()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        RoomTestSender sender = await RoomTestSender.PublishAsync(ada);
        await sender.DisposeAsync(); // close_notify

        JsonElement ended = await ada.NextAsync("ended");
        Assert.Equal(("send", "left"), (ended.GetProperty("pc").GetString(), ended.GetProperty("reason").GetString()));
        await using RoomTestSender again = await RoomTestSender.PublishAsync(ada, seed: 9);
    }

    [Fact]
    public async Task A_new_peer_connection_takes_the_place_of_the_old_one_and_viewers_go_on()
    {
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(Address, "demo", "Ada");
        await using RoomTestClient bob = await RoomTestClient.JoinAsync(Address, "demo", "Bob");
        await using RoomTestSender first = await RoomTestSender.PublishAsync(ada);
        await bob.NextParticipantAsync("changed", who => IsComplete(who, ada.Id));
        await using RoomTestReceiver viewer = await RoomTestReceiver.WatchAsync(bob, ada.Id);
        RoomTestStream picture = viewer.Streams.Single(stream => stream.Kind == "video");
        await viewer.WaitForPacketsAsync(picture, 10, s_patience);

        await using RoomTestSender second = await RoomTestSender.PublishAsync(ada, seed: 9);
        Assert.True(await first.Peer.WaitAsync(peer => peer.Closed is not null, s_patience));
        await viewer.WaitForPacketsAsync(picture, viewer.CountOf(picture) + 30, s_patience);
        await using RoomTestReceiver other = await RoomTestReceiver.WatchAsync(bob, ada.Id);
        await other.WaitForPacketsAsync(other.Streams.Single(stream => stream.Kind == "video"), 10, s_patience);
        Assert.True(await viewer.Peer.WaitAsync(peer => peer.Closed is not null, s_patience));

        await ada.PingAsync();
        await bob.PingAsync();
        Assert.DoesNotContain(ada.Passed.Concat(bob.Passed), message => message.GetProperty("type").GetString() == "ended");
    }

    private static bool IsComplete(JsonElement participant, string id) =>
        participant.GetProperty("id").GetString() == id && participant.GetProperty("publications").EnumerateArray().Any(publication => publication.GetProperty("tracks").GetArrayLength() == 2);

    private static bool IsMuted(JsonElement participant) => participant.GetProperty("publications").EnumerateArray().Any(publication =>
        publication.GetProperty("tracks").EnumerateArray().Any(track => track.GetProperty("kind").GetString() == "audio" && track.GetProperty("muted").GetBoolean()));

    private static bool IsOnly(JsonElement forwarded, string publication) =>
        forwarded.GetProperty("videos").EnumerateArray().Select(name => name.GetString()).SequenceEqual([publication]);
}
