using System.Buffers.Binary;
using System.Net;
using Media.Rtp;
using Protocols.Dtls;
using Protocols.Rtcp;
using Protocols.Srtp;
using TestKit.Processes;
using TestKit.Sources;
using TestKit.WebRtc;

namespace Gateway.Tests.WebRtc;

/// <summary>What a viewer without a browser gets of FFmpeg's stream, packet by packet.</summary>
[Trait("Suite", "inprocess")]
public sealed class MediaOnTheWireTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.Aes128CmSha1Tag80)]
    public async Task Picture_and_sound_arrive_numbered_reported_and_without_a_gap(SrtpProfile profile)
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync();
        using var source = new LiveSource(gateway.Rtmp("wire"), EncoderSettings.ZeroLatency());
        await using WhepTestClient client = await WatchAsync(gateway, profile);

        IReadOnlyList<TestRtpPacket> video = await client.WaitForPacketsAsync(client.Video!, 400, s_patience);
        IReadOnlyList<TestRtpPacket> audio = await client.WaitForPacketsAsync(client.Audio!, 150, s_patience);

        Assert.Equal(profile, client.Peer.Get(p => p.SrtpProfile));
        Assert.Equal(7, NalTypeOf(video[0])); // parameter sets first
        AssertContinuous(video.Select(p => p.SequenceNumber));
        AssertContinuous(audio.Select(p => p.SequenceNumber));
        AssertContinuous(client.Peer.Get(p => p.Received.Select(TransportNumberOf).ToList()));
        Assert.All(audio.Zip(audio.Skip(1)), pair => Assert.Equal(960u, pair.Second.Timestamp - pair.First.Timestamp));
        Assert.All(client.Peer.Get(p => p.Received.ToList()), packet => Assert.InRange(packet.Packet.Length, 12, 1184));
        HashSet<uint> reported = ReportedSources(client);
        Assert.Contains(client.Video!.Ssrc, reported);
        Assert.Contains(client.Audio!.Ssrc, reported);
    }

    [Fact]
    public async Task A_nack_is_answered_by_rtx_and_a_delete_by_a_goodbye()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync();
        using var source = new LiveSource(gateway.Rtmp("wire"), EncoderSettings.ZeroLatency());
        await using WhepTestClient client = await WatchAsync(gateway, SrtpProfile.AeadAes128Gcm);
        WhepStream stream = client.Video!;
        TestRtpPacket wanted = (await client.WaitForPacketsAsync(stream, 200, s_patience))[150];

        client.Peer.Do(p => p.SendNack(stream.Ssrc, wanted.SequenceNumber));

        Assert.True(await client.Peer.WaitAsync(p => p.Received.Any(packet => packet.Ssrc == stream.RtxSsrc), s_patience));
        TestRtpPacket rtx = client.Peer.Get(p => p.Received.First(packet => packet.Ssrc == stream.RtxSsrc));
        Assert.Equal(wanted.SequenceNumber, BinaryPrimitives.ReadUInt16BigEndian(rtx.Payload));
        Assert.Equal(wanted.Payload.ToArray(), rtx.Payload[2..].ToArray());
        Assert.Equal(wanted.Timestamp, rtx.Timestamp);

        Assert.Equal(HttpStatusCode.OK, await client.DeleteAsync());
        Assert.True(await client.Peer.WaitAsync(p => p.Closed == DtlsCloseReason.PeerClosed, s_patience));
    }

    private static async Task<WhepTestClient> WatchAsync(GatewayProcess gateway, SrtpProfile profile)
    {
        var options = new WhepOfferOptions { Peer = new WebRtcTestPeerOptions { SrtpProfiles = [profile] } };
        for (int i = 0; ; i++)
        {
            try
            {
                return await WhepTestClient.ConnectAsync(new Uri(gateway.Whep("wire")), options);
            }
            catch (WhepException refused) when (refused.Status == HttpStatusCode.Conflict && i < 100)
            {
                await Task.Delay(200); // FFmpeg takes a moment
            }
        }
    }

    private static int NalTypeOf(TestRtpPacket packet)
    {
        int type = packet.Payload[0] & 0x1F;
        return type == 24 ? packet.Payload[3] & 0x1F : type; // STAP-A: its first unit
    }

    private static ushort TransportNumberOf(TestRtpPacket packet)
    {
        HeaderExtensions extensions = packet.Header.Extensions(packet.Packet);
        Assert.True(extensions.TryGet(WhepOffer.TransportCcExtension, out ReadOnlySpan<byte> value));
        return BinaryPrimitives.ReadUInt16BigEndian(value);
    }

    private static void AssertContinuous(IEnumerable<ushort> numbers)
    {
        ushort[] all = [.. numbers];
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.Equal((ushort)(pair.First + 1), pair.Second));
    }

    private static HashSet<uint> ReportedSources(WhepTestClient client)
    {
        var sources = new HashSet<uint>();
        foreach (byte[] compound in client.Peer.Get(p => p.ReceivedRtcp.ToList()))
        {
            var reader = new RtcpReader(compound);
            while (reader.TryRead(out RtcpPacket packet))
                if (SenderReport.TryParse(packet, out SenderReport report)) sources.Add(report.Info.Ssrc);
        }

        return sources;
    }
}
