using Gateway.Tests.Hosting;
using Rooms;
using TestKit;

namespace Gateway.Tests.Rtmp;

[Trait("Suite", "inprocess")]
public sealed class RtmpEntranceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_encoder_publishes_into_a_room(bool useTls)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        int port = useTls ? gateway.Host.RtmpsPort!.Value : gateway.Host.RtmpPort!.Value;
        await using RtmpTestConnection encoder = await RtmpTestConnection.OpenAsync(port, useTls);
        Assert.Equal("NetStream.Publish.Start", await encoder.PublishAsync("demo?name=cam"));
        encoder.Client.Video(0, FlvSamples.AvcHeader()).Video(0, FlvSamples.AvcFrame(isKeyframe: true))
            .Audio(0, FlvSamples.AacHeader).Audio(0, FlvSamples.AacFrame());
        await encoder.SendAsync();
        Publication publication = gateway.Rooms.Find("demo", "cam")!;
        await Eventually(() => publication is { Video: not null, Audio: not null });
        Assert.Equal("rtmp", publication.Entrance);
        await encoder.DisposeAsync();
        await Eventually(() => publication.State == PublicationState.Away);
    }

    [Fact]
    public async Task A_room_with_a_key_lets_only_its_holder_publish()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--Rooms:secret:PublishKey=abc");
        foreach ((string key, string status) in new[]
        {
            ("secret", "NetStream.Publish.Denied"), ("secret?token=abd", "NetStream.Publish.Denied"),
            ("secret?token=abc", "NetStream.Publish.Start"), ("-", "NetStream.Publish.BadName"),
        })
        {
            await using RtmpTestConnection encoder = await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value);
            Assert.Equal(status, await encoder.PublishAsync(key));
            if (status.EndsWith("Start", StringComparison.Ordinal)) continue;
            await encoder.ReceiveUntilAsync(() => false);
            Assert.True(encoder.IsClosed);
        }
    }

    [Fact]
    public async Task A_second_encoder_takes_over_and_the_fourth_in_a_row_is_refused()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        var encoders = new List<RtmpTestConnection>();
        for (int i = 0; i < 3; i++)
        {
            encoders.Add(await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value));
            Assert.Equal("NetStream.Publish.Start", await encoders[i].PublishAsync("demo"));
            if (i == 0) continue;
            await encoders[i - 1].ReceiveUntilAsync(() => false);
            Assert.True(encoders[i - 1].IsClosed);
            Assert.Equal("NetConnection.Connect.Closed", encoders[i - 1].Client.Status);
        }

        encoders.Add(await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value));
        Assert.Equal("NetStream.Publish.BadName", await encoders[3].PublishAsync("demo"));
        foreach (RtmpTestConnection encoder in encoders) await encoder.DisposeAsync();
    }

    [Fact]
    public async Task A_room_may_keep_its_first_encoder()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--Rooms:Stage:Takeover=reject");
        await using RtmpTestConnection first = await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value);
        await using RtmpTestConnection second = await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value);
        Assert.Equal("NetStream.Publish.Start", await first.PublishAsync("stage"));
        Assert.Equal("NetStream.Publish.BadName", await second.PublishAsync("stage"));
    }

    [Fact]
    public async Task An_encoder_whose_connection_stays_but_falls_silent_is_noticed_within_10_s()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await using RtmpTestConnection encoder = await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value);
        await encoder.PublishAsync("demo");
        encoder.Client.Video(0, FlvSamples.AvcHeader()).Video(0, FlvSamples.AvcFrame(isKeyframe: true));
        await encoder.SendAsync();
        Publication publication = gateway.Rooms.Find("demo", null)!;
        await Eventually(() => publication.Video is not null);
        long start = Environment.TickCount64;
        while (publication.State == PublicationState.Live && Environment.TickCount64 - start < 15_000) await Task.Delay(50);
        Assert.Equal(PublicationState.Away, publication.State);
        Assert.InRange(Environment.TickCount64 - start, 5_000, 10_500); // a moment of silence is no reason
    }

    [Fact]
    public async Task A_kicked_encoder_is_told_and_disconnected()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await using RtmpTestConnection encoder = await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value);
        await encoder.PublishAsync("demo");
        Assert.True(gateway.Rooms.Kick("demo", "main"));
        await encoder.ReceiveUntilAsync(() => false);
        Assert.True(encoder.IsClosed);
        Assert.Equal("Stopped by the operator.", encoder.Client.Answers[^1].Information["description"].Text);
    }

    [Fact]
    public async Task Connected_encoders_do_not_hold_up_the_stop()
    {
        RunningGateway gateway = await RunningGateway.StartAsync();
        await using RtmpTestConnection publishing = await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value);
        await publishing.PublishAsync("demo");
        await using RtmpTestConnection idle = await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value);
        await gateway.Host.StopAsync().WaitAsync(TimeSpan.FromSeconds(4));
        await publishing.ReceiveUntilAsync(() => false);
        Assert.True(publishing.IsClosed);
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task What_is_no_rtmp_is_disconnected_and_others_go_on()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await using RtmpTestConnection encoder = await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value);
        await encoder.PublishAsync("demo");
        await using RtmpTestConnection other = await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value);
        other.Client.Raw("GET / HTTP/1.1\r\n\r\n"u8);
        await other.SendAsync();
        await other.ReceiveUntilAsync(() => false);
        Assert.True(other.IsClosed);
        Assert.Equal(PublicationState.Live, gateway.Rooms.Find("demo", null)!.State);
    }

    internal static async Task Eventually(Func<bool> isSo)
    {
        for (int i = 0; i < 500 && !isSo(); i++) await Task.Delay(10);
        Assert.True(isSo());
    }
}
