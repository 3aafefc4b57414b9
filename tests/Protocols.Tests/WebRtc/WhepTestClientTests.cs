using System.Buffers.Binary;
using TestKit.WebRtc;

namespace Protocols.Tests.WebRtc;

/// <summary>The WHEP test client against a session behind a plain socket and a small HTTP listener.</summary>
[Trait("Suite", "inprocess")]
public sealed class WhepTestClientTests
{
    [Fact]
    public async Task It_connects_receives_and_asks_for_a_keyframe()
    {
        using var server = new SmallWhepServer();
        await using WhepTestClient client = await WhepTestClient.ConnectAsync(server.Endpoint);

        Assert.Equal(("H264", "opus"), (client.Video!.Codec, client.Audio!.Codec));
        Assert.NotEqual(0u, client.Video.RtxSsrc);
        server.Post(session =>
        {
            for (ushort i = 1; i <= 20; i++)
            {
                byte[] packet = Srtp.SrtpContextTests.Packet(i, 500);
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), client.Video.Ssrc);
                packet.CopyTo(session.ReserveRtp(packet.Length));
                session.CommitRtp(packet.Length, 0);
            }
        });
        IReadOnlyList<TestRtpPacket> packets = await client.WaitForPacketsAsync(client.Video, 20, TimeSpan.FromSeconds(5));
        client.RequestKeyframe();

        Assert.Equal(500, packets[^1].Payload.Length);
        Assert.True(await client.Peer.WaitAsync(_ => server.KeyframeRequests == 1, TimeSpan.FromSeconds(5)));
    }
}
