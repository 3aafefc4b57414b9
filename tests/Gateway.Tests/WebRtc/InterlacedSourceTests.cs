using System.Text.Json;
using TestKit.Processes;
using TestKit.Sources;
using TestKit.WebRtc;

namespace Gateway.Tests.WebRtc;

/// <summary>A source of fields, as old cameras and broadcasters have it.</summary>
[Trait("Suite", "inprocess")]
public sealed class InterlacedSourceTests
{
    [Fact]
    public async Task Its_pictures_are_converted_and_the_reason_is_shown()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync();
        EncoderSettings settings = EncoderSettings.ZeroLatency() with { Video = "-c:v libx264 -preset veryfast -tune zerolatency -flags +ilme+ildct -g 30" };
        using var source = new LiveSource(gateway.Rtmp("fields"), settings);
        await gateway.WaitForTracksAsync("fields", 2);
        await using WhepTestClient client = await WhepTestClient.ConnectAsync(new Uri(gateway.Whep("fields")));
        await client.WaitForPacketsAsync(client.Video!, 60, TimeSpan.FromSeconds(20));

        JsonElement publication = await PublicationAsync(gateway);
        JsonElement track = publication.GetProperty("tracks").EnumerateArray().Single(t => t.GetProperty("kind").GetString() == "video");
        Assert.False(track.GetProperty("webrtcCompatible").GetBoolean());
        Assert.Equal("interlaced pictures: browsers show whole frames only", Assert.Single(track.GetProperty("reasons").EnumerateArray()).GetString());
        Assert.Equal(
            "The video is converted for browsers because of interlaced pictures",
            Assert.Single(publication.GetProperty("warnings").EnumerateArray()).GetString());
    }

    /// <summary>As the API shows it once the conversion has begun: it looks each second.</summary>
    private static async Task<JsonElement> PublicationAsync(GatewayProcess gateway)
    {
        for (int i = 0; i < 100; i++)
        {
            JsonElement publication = (await gateway.GetAsync("rooms/fields")).GetProperty("publications")[0];
            if (publication.GetProperty("conversions").EnumerateArray().Any(t => t.GetProperty("kind").GetString() == "video")) return publication;
            await Task.Delay(100);
        }

        throw new TimeoutException("No video is converted.");
    }
}
