using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using TestKit.WebRtc;
using static Gateway.Tests.Whep.WhepCalls;

namespace Gateway.Tests.Signalling;

[Trait("Suite", "inprocess")]
public sealed class OfferLimitTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync("--Sdp:MaxKilobytes=8", "--Sdp:MaxSections=3");

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("/whip/demo")]
    [InlineData("/whep/demo")]
    public async Task An_offer_of_more_than_the_set_length_is_too_large(string path)
    {
        JsonElement problem = await RefusalAsync(path, Offer() + new string('\n', 8 * 1024));

        Assert.Equal("/problems/body-too-large", problem.GetProperty("type").GetString());
        Assert.Equal("At most 8192 bytes are read here.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/whip/demo")]
    [InlineData("/whep/demo")]
    public async Task An_offer_of_more_than_the_set_sections_is_refused(string path)
    {
        JsonElement problem = await RefusalAsync(path, Offer() + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n");

        Assert.Equal("The offer: more than 3 media sections.", problem.GetProperty("detail").GetString());
    }

    private static string Offer()
    {
        using var peer = new WebRtcTestPeer();
        return WhipOffer.Create(peer);
    }

    private async Task<JsonElement> RefusalAsync(string path, string offer)
    {
        using HttpResponseMessage response = await PostAsync(_gateway.Client, path, offer);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
