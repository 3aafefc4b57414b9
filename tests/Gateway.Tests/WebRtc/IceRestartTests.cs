using System.Net;
using Gateway.Tests.Whep;
using Protocols.Dtls;
using TestKit.Processes;
using TestKit.Sources;
using TestKit.WebRtc;

namespace Gateway.Tests.WebRtc;

/// <summary>A viewer whose network has changed, as WHEP lets it go on: PATCH, new credentials, the same session.</summary>
[Trait("Suite", "inprocess")]
public sealed class IceRestartTests
{
    private const string NewFragment = "restarted";
    private const string NewPassword = "new+password+of+the+viewer";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Media_follows_the_new_credentials_to_another_address_without_a_new_handshake()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync();
        using var source = new LiveSource(gateway.Rtmp("restart"), EncoderSettings.ZeroLatency());
        await gateway.WaitForTracksAsync("restart", 2);
        await using WhepTestClient client = await WhepTestClient.ConnectAsync(new Uri(gateway.Whep("restart")));
        await client.WaitForPacketsAsync(client.Video!, 100, s_patience);
        long connectedAt = client.ConnectedAt;
        string body = $"a=ice-ufrag:{NewFragment}\r\na=ice-pwd:{NewPassword}\r\n";
        using HttpClient http = gateway.CreateHttpClient();

        using HttpResponseMessage restarted = await WhepCalls.PatchAsync(http, client.Resource, body, client.ETag);
        Assert.Equal(HttpStatusCode.OK, restarted.StatusCode);
        int before = client.PacketsOf(client.Video!).Count;
        await client.WaitForPacketsAsync(client.Video!, before + 50, s_patience); // nothing waits for the checks
        RemotePeer fresh = Fresh(await restarted.Content.ReadAsStringAsync(), client);
        client.Peer.Rebind();
        int answered = client.Peer.Get(p => p.ChecksAnswered);
        client.Peer.Do(p => p.RestartIce(NewFragment, NewPassword, fresh));

        Assert.True(await client.Peer.WaitAsync(p => p.ChecksAnswered > answered, s_patience));
        before = client.PacketsOf(client.Video!).Count;
        IReadOnlyList<TestRtpPacket> video = await client.WaitForPacketsAsync(client.Video!, before + 200, s_patience);
        Assert.Equal(connectedAt, client.ConnectedAt);
        Assert.Null(client.Peer.Get(p => p.Closed));
        for (int i = before + 1; i < video.Count; i++)
            Assert.Equal((ushort)(video[i - 1].SequenceNumber + 1), video[i].SequenceNumber);

        using HttpResponseMessage late = await WhepCalls.PatchAsync(http, client.Resource, body, client.ETag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await client.DeleteAsync());
        Assert.True(await client.Peer.WaitAsync(p => p.Closed == DtlsCloseReason.PeerClosed, s_patience));
    }

    [Fact]
    public async Task Until_the_new_credentials_are_used_the_old_ones_keep_the_session_alive()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync();
        using var source = new LiveSource(gateway.Rtmp("restart"), EncoderSettings.ZeroLatency());
        await gateway.WaitForTracksAsync("restart", 2);
        await using WhepTestClient client = await WhepTestClient.ConnectAsync(new Uri(gateway.Whep("restart")));
        using HttpClient http = gateway.CreateHttpClient();
        string body = $"a=ice-ufrag:{NewFragment}\r\na=ice-pwd:{NewPassword}\r\n";
        using HttpResponseMessage restarted = await WhepCalls.PatchAsync(http, client.Resource, body, "*");
        Assert.Equal(HttpStatusCode.OK, restarted.StatusCode);

        int answered = client.Peer.Get(p => p.ChecksAnswered);
        Assert.True(await client.Peer.WaitAsync(p => p.ChecksAnswered > answered + 1, s_patience)); // consent goes on
        int before = client.PacketsOf(client.Video!).Count;
        await client.WaitForPacketsAsync(client.Video!, before + 50, s_patience);
    }

    /// <summary>The gateway's new side; the fragment has no fingerprint, since the certificate stays.</summary>
    private static RemotePeer Fresh(string fragment, WhepTestClient client)
    {
        string Value(string name) => fragment.Split("\r\n").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..];
        Assert.Contains("tcptype passive", fragment, StringComparison.Ordinal);
        var before = RemotePeer.Parse(client.Answer);
        Assert.NotEqual(before.UsernameFragment, Value("a=ice-ufrag:"));
        return before with { UsernameFragment = Value("a=ice-ufrag:"), Password = Value("a=ice-pwd:") };
    }
}
