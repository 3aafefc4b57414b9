using Gateway.Tests.Api;
using Gateway.Tests.Hosting;
using Media.Rtp;
using TestKit.WebRtc;

namespace Gateway.Tests.WebRtc;

/// <summary>The delay that receivers are asked to keep: negotiated with all who offer it, sent only where it is set.</summary>
[Trait("Suite", "inprocess")]
public sealed class PlayoutDelayTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("0-200", 0, 20)]
    [InlineData("100-400", 10, 40)]
    public async Task It_is_sent_as_set(string option, int min, int max)
    {
        IReadOnlyList<byte[]> values = await DelaysAsync($"--WebRtc:PlayoutDelay={option}");
        Assert.NotEmpty(values);
        // 12 bits each, in units of 10 ms.
        Assert.All(values, value => Assert.Equal((min, max), ((value[0] << 4) | (value[1] >> 4), ((value[1] & 15) << 8) | value[2])));
    }

    [Fact]
    public async Task Without_the_option_it_is_never_sent() => Assert.Empty(await DelaysAsync());

    private static async Task<IReadOnlyList<byte[]>> DelaysAsync(params string[] options)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(options);
        await new FakePublisher(gateway.Rooms, "demo").WriteBothAsync();
        await using WhepTestClient client = await WhepTestClient.ConnectAsync(
            new Uri(gateway.Client.BaseAddress!, "/whep/demo"), new WhepOfferOptions { PlayoutDelay = true });
        Assert.Contains($"a=extmap:{WhepOffer.PlayoutDelayExtension} ", client.Answer, StringComparison.Ordinal);
        var values = new List<byte[]>();
        foreach (TestRtpPacket packet in await client.WaitForPacketsAsync(client.Video!, 1, s_patience))
            if (packet.Header.Extensions(packet.Packet).TryGet(WhepOffer.PlayoutDelayExtension, out ReadOnlySpan<byte> value)) values.Add(value.ToArray());
        return values;
    }
}
