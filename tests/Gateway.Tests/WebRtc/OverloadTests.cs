using System.Text.Json;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Rooms;
using TestKit;
using TestKit.Measuring;
using TestKit.Sources;
using TestKit.WebRtc;

namespace Gateway.Tests.WebRtc;

/// <summary>A conversion that can't keep up with its source, in the whole gateway.</summary>
[Trait("Suite", "inprocess")]
public sealed class OverloadTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private volatile bool _isSlow = true;

    [Fact]
    public async Task A_conversion_that_falls_behind_gives_up_quality_step_by_step_and_says_so()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        SlowEncoder.Install(gateway.Host.Services.GetRequiredService<RoomsContext>(), Brake);
        using var events = new StreamReader(await gateway.Client.GetStreamAsync("/api/v1/events?room=slow"));
        EncoderSettings settings = EncoderSettings.Defaults() with { Width = 320, Height = 180, Video = "-c:v libx264 -preset ultrafast -bf 2 -g 30" };
        using var source = new LiveSource($"rtmp://127.0.0.1:{gateway.Host.RtmpPort}/live/slow", settings);
        await using WhepTestClient client = await WatchAsync(gateway);

        Assert.Contains("lower quality", await NextStepAsync(events), StringComparison.Ordinal);
        Assert.EndsWith(": half the frame rate", await NextStepAsync(events), StringComparison.Ordinal);
        Assert.EndsWith(": half the frame rate and size", await NextStepAsync(events), StringComparison.Ordinal);
        Assert.Contains("half the frame rate and size", await WarningsAsync(gateway));
        Assert.True(await client.Peer.WaitAsync(p => p.Received.Any(packet => packet.Ssrc == client.Video!.Ssrc), s_patience));

        if (!TimedRounds.IsFull) return;
        _isSlow = false;
        Assert.EndsWith(": half the frame rate", await NextStepAsync(events), StringComparison.Ordinal); // after 30 s of headroom
    }

    /// <summary>On the encoder's thread: a picture takes three times as long as there is.</summary>
    private void Brake()
    {
        if (_isSlow) Thread.Sleep(100);
    }

    private static async Task<WhepTestClient> WatchAsync(RunningGateway gateway)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                return await WhepTestClient.ConnectAsync(new Uri(gateway.Client.BaseAddress!, "/whep/slow"));
            }
            catch (WhepException refused) when (refused.Status == System.Net.HttpStatusCode.Conflict && i < 100)
            {
                await Task.Delay(200); // FFmpeg takes a moment
            }
        }
    }

    private static async Task<string> NextStepAsync(StreamReader events)
    {
        while (await events.ReadLineAsync().WaitAsync(s_patience) is { } line)
        {
            if (line != "event: " + RoomEvent.TranscodeChanged) continue;
            string data = (await events.ReadLineAsync().WaitAsync(s_patience))!["data: ".Length..];
            return JsonDocument.Parse(data).RootElement.GetProperty("detail").GetString()!;
        }

        throw new EndOfStreamException();
    }

    private static async Task<string[]> WarningsAsync(RunningGateway gateway)
    {
        JsonElement room = JsonDocument.Parse(await gateway.Client.GetStringAsync("/api/v1/rooms/slow")).RootElement;
        return [.. room.GetProperty("publications")[0].GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];
    }
}
