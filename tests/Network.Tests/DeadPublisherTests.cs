using System.Text.Json;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Sources;

namespace Network.Tests;

/// <summary>A publisher whose link is cut without a word.</summary>
[Trait("Suite", "network")]
public sealed class DeadPublisherTests
{
    [Fact]
    public async Task A_publisher_that_vanished_is_noticed_within_10_s()
    {
        using NetworkNamespace home = await NetworkNamespace.CreateAsync();
        using NetworkNamespace away = await NetworkNamespace.CreateAsync();
        (System.Net.IPAddress address, _) = await home.LinkAsync(away, 1);
        using GatewayProcess gateway = await GatewayProcess.StartAsync(home);
        using var source = new LiveSource($"rtmp://{address}:{gateway.RtmpPort}/live/cut", EncoderSettings.ZeroLatency(), away.Name);
        await gateway.WaitForTracksAsync("cut", 2);
        await home.SetLinkAsync("veth1a", up: false);
        long cut = LiveSource.Now();
        while (LiveSource.Now() < cut + 20_000 && await IsLiveAsync(gateway)) await Task.Delay(100);
        double seconds = (LiveSource.Now() - cut) / 1000.0;
        Report.Line($"Publisher cut off: noticed after {seconds:0.0} s");
        Assert.True(seconds <= 10.5, $"{seconds:0.0} s; the gateway: {gateway.Process.Log}");
    }

    private static async Task<bool> IsLiveAsync(GatewayProcess gateway)
    {
        using HttpClient client = gateway.CreateHttpClient();
        using HttpResponseMessage answer = await client.GetAsync(new Uri("api/v1/rooms/cut", UriKind.Relative));
        if (!answer.IsSuccessStatusCode) return false;
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("isLive").GetBoolean();
    }
}
