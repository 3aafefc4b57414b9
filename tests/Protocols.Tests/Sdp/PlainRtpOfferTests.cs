using System.Collections.Immutable;
using System.Net;
using Media;
using Protocols.Sdp;
using Protocols.Srtp;
using TestKit;

namespace Protocols.Tests.Sdp;

public sealed class PlainRtpOfferTests
{
    /// <summary>As FFmpeg prints it, but for the base64 that it has from an encoder with global headers.</summary>
    private const string Ffmpeg = """
        v=0
        o=- 0 0 IN IP4 127.0.0.1
        s=No Name
        c=IN IP4 127.0.0.1
        t=0 0
        a=tool:libavformat 61.7.100
        m=video 5004 RTP/AVP 96
        a=rtpmap:96 H264/90000
        a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAHtoCgL/lwFqAgICg,aM48gA==; profile-level-id=42C01E
        m=audio 5006 RTP/AVP 0
        b=AS:64
        """;

    private const string Key28 = "inline:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYg==";
    private const string Key30 = "inline:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNk";

    [Fact]
    public void What_FFmpeg_prints_is_understood()
    {
        ImmutableArray<PlainRtpSection> sections = Read(Ffmpeg);
        Assert.Equal([MediaKind.Video, MediaKind.Audio], sections.Select(section => section.Kind));
        ReceivedCodec video = Assert.Single(sections[0].Received.Codecs);
        Assert.Equal((Codec.H264, 96, 90_000, false), (video.Codec, video.PayloadType, video.ClockRate, video.Pli));
        Assert.Equal([0x67, 0x68], sections[0].ParameterSets.Select(set => (int)set[0]));
        ReceivedCodec audio = Assert.Single(sections[1].Received.Codecs);
        Assert.Equal((Codec.Pcmu, 0, 8000, 1), (audio.Codec, audio.PayloadType, audio.ClockRate, audio.Channels));
    }

    [Theory]
    [InlineData("H264/90000", Codec.H264)]
    [InlineData("H265/90000", Codec.H265)]
    [InlineData("VP8/90000", Codec.Vp8)]
    [InlineData("vp9/90000", Codec.Vp9)]
    [InlineData("AV1/90000", Codec.Av1)]
    public void All_codecs_of_pictures_are_taken(string map, Codec codec) =>
        Assert.Equal(codec, Read($"v=0\nm=video 1 RTP/AVP 100\na=rtpmap:100 {map}\n")[0].Received.Codecs[0].Codec);

    [Theory]
    [InlineData("opus/48000/2", Codec.Opus, 2)]
    [InlineData("PCMU/8000", Codec.Pcmu, 1)]
    [InlineData("PCMA/8000/1", Codec.Pcma, 1)]
    public void All_codecs_of_sound_are_taken(string map, Codec codec, int channels)
    {
        ReceivedCodec taken = Read($"v=0\nm=audio 1 RTP/AVP 100\na=rtpmap:100 {map}\n")[0].Received.Codecs[0];
        Assert.Equal((codec, channels), (taken.Codec, taken.Channels));
    }

    [Fact]
    public void Feedback_is_what_the_sender_says_that_it_reads()
    {
        ReceivedCodec codec = Read("v=0\nm=video 1 RTP/AVPF 96 97\na=rtpmap:96 VP8/90000\na=rtcp-fb:96 nack\na=rtcp-fb:96 ccm fir\n"
            + "a=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n")[0].Received.Codecs[0];
        Assert.Equal((true, false, true, 97), (codec.Nack, codec.Pli, codec.Fir, codec.RtxPayloadType));
    }

    [Theory]
    [InlineData("", NegotiationError.NothingToSend, "No audio or video section")]
    [InlineData("m=video 1 RTP/AVP 96\na=rtpmap:96 VP8/90000\na=recvonly\n", NegotiationError.NothingToSend, "recvonly")]
    [InlineData("m=video 0 RTP/AVP 96\na=rtpmap:96 VP8/90000\n", NegotiationError.NothingToSend, "port not 0")]
    [InlineData("m=video 1 RTP/AVP 96\n", NegotiationError.NoCommonCodec, "a=rtpmap")]
    [InlineData("m=video 1 RTP/AVP 96\na=rtpmap:96 MP4V-ES/90000\n", NegotiationError.NoCommonCodec, "MP4V-ES")]
    [InlineData("m=video 1 RTP/AVP 96\na=rtpmap:96 H264/48000\n", NegotiationError.NoCommonCodec, "clock rate is not 90000")]
    [InlineData("m=video 1 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 packetization-mode=2\n", NegotiationError.NoCommonCodec, "packetization-mode")]
    [InlineData("m=video 1 RTP/AVP 96\na=rtpmap:96 H265/90000\na=fmtp:96 sprop-max-don-diff=2\n", NegotiationError.NoCommonCodec, "out of order")]
    [InlineData("m=audio 1 RTP/AVP 96\na=rtpmap:96 PCMU/8000/2\n", NegotiationError.NoCommonCodec, "more than one channel")]
    [InlineData("m=video 1 UDP/TLS/RTP/SAVPF 96\na=rtpmap:96 VP8/90000\n", NegotiationError.BadProtocol, "RTP/SAVPF")]
    [InlineData("m=video 1 RTP/AVP 96\na=rtpmap:96 VP8/90000\na=rtcp:x\n", NegotiationError.BadRtcp, "a=rtcp")]
    [InlineData("m=video 1 RTP/SAVP 96\na=rtpmap:96 VP8/90000\n", NegotiationError.BadCrypto, "no a=crypto")]
    [InlineData("m=video 1 RTP/SAVP 96\na=rtpmap:96 VP8/90000\na=crypto:1 F8_128_HMAC_SHA1_80 " + Key30 + "\n", NegotiationError.BadCrypto, "F8_128_HMAC_SHA1_80")]
    [InlineData("m=video 1 RTP/SAVP 96\na=rtpmap:96 VP8/90000\na=crypto:1 AES_CM_128_HMAC_SHA1_80 " + Key28 + "\n", NegotiationError.BadCrypto, "30 bytes")]
    [InlineData("m=video 1 RTP/SAVP 96\na=rtpmap:96 VP8/90000\na=crypto:1 AES_CM_128_HMAC_SHA1_80 " + Key30 + "|2^20\n", NegotiationError.BadCrypto, "lifetime")]
    [InlineData("m=video 1 RTP/SAVP 96\na=rtpmap:96 VP8/90000\na=crypto:1 AES_CM_128_HMAC_SHA1_80 " + Key30 + "|2^20|1:4\n", NegotiationError.BadCrypto, "MKI")]
    [InlineData("m=video 1 RTP/SAVP 96\na=rtpmap:96 VP8/90000\na=crypto:1 AES_CM_128_HMAC_SHA1_80 " + Key30 + " UNENCRYPTED_SRTP\n", NegotiationError.BadCrypto, "UNENCRYPTED_SRTP")]
    public void What_is_of_no_use_has_a_reason_that_shows_no_key(string sections, NegotiationError error, string reason)
    {
        Assert.True(SdpReader.TryRead("v=0\n" + sections, out SessionDescription description, out string broken), broken);
        Assert.False(PlainRtpOffer.TryRead(description, out _, out NegotiationFailure? failure));
        Assert.Equal(error, failure!.Error);
        Assert.Contains(reason, failure.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("MDEyMz", failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_key_line_is_not_shown()
    {
        Assert.False(SdpReader.TryRead($"v=0\nm=video 1 RTP/SAVP 96\na=crypto:x AES_CM_128_HMAC_SHA1_80 {Key30}\n", out _, out string error));
        Assert.DoesNotContain("MDEyMz", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_suite_that_is_known_is_taken_and_answered_with_a_key_of_our_own()
    {
        string offer = $"v=0\nm=video 1 RTP/SAVPF 96\na=rtpmap:96 VP8/90000\na=crypto:1 F8_128_HMAC_SHA1_80 {Key30}\na=crypto:2 AEAD_AES_128_GCM {Key28}\n";
        ImmutableArray<PlainRtpSection> sections = Read(offer);
        Assert.Equal(SrtpProfile.AeadAes128Gcm, sections[0].Key!.Profile);
        SessionDescription answer = Answer(offer, [20_000]);
        SdpCrypto crypto = Assert.Single(answer.Media[0].Cryptos);
        Assert.Equal((2, "AEAD_AES_128_GCM"), (crypto.Tag, crypto.Suite));
        Assert.True(SdesKey.TryParse(crypto, out _, out _));
        Assert.DoesNotContain(Key28["inline:".Length..], answer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("inline:M", crypto.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_answer_has_our_ports_and_refuses_what_is_not_taken()
    {
        string offer = Ffmpeg + "\nm=video 5008 RTP/AVP 97\na=rtpmap:97 VP8/90000\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\n";
        SessionDescription answer = Answer(offer, [20_000, 20_002]);
        Assert.Equal([20_000, 20_002, 0, 0], answer.Media.Select(media => media.Port));
        Assert.Equal(("20001", "IN IP4 192.0.2.1", SdpDirection.ReceiveOnly), (answer.Media[0].Rtcp, answer.Media[0].Connection, answer.Media[0].Direction));
        Assert.Contains("a=rtpmap:96 H264/90000", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_survived() => Fuzzer.Run(
        [System.Text.Encoding.UTF8.GetBytes(Ffmpeg), System.Text.Encoding.UTF8.GetBytes($"v=0\nm=video 1 RTP/SAVP 96\na=rtcp:5 IN IP4 1.2.3.4\na=rtpmap:96 H265/90000\na=fmtp:96 sprop-vps=QAE=;sprop-sps=QgE=\na=crypto:1 AEAD_AES_128_GCM {Key28}|2^20|1:4 WSH=64")],
        data =>
        {
            if (!SdpReader.TryRead(System.Text.Encoding.Latin1.GetString(data), out SessionDescription description, out _)) return;
            if (!PlainRtpOffer.TryRead(description, out ImmutableArray<PlainRtpSection> sections, out NegotiationFailure? failure))
            {
                Assert.NotEmpty(failure!.Detail);
                return;
            }

            _ = PlainRtpAnswer.Write(description, sections, IPAddress.Loopback, [1, 2], "1").ToString();
        }, rounds: 5000);

    private static ImmutableArray<PlainRtpSection> Read(string text)
    {
        Assert.True(SdpReader.TryRead(text, out SessionDescription description, out string error), error);
        Assert.True(PlainRtpOffer.TryRead(description, out ImmutableArray<PlainRtpSection> sections, out NegotiationFailure? failure), failure?.Detail);
        return sections;
    }

    private static SessionDescription Answer(string text, int[] ports)
    {
        Assert.True(SdpReader.TryRead(text, out SessionDescription description, out _));
        Assert.True(PlainRtpOffer.TryRead(description, out ImmutableArray<PlainRtpSection> sections, out _));
        string written = PlainRtpAnswer.Write(description, sections, IPAddress.Parse("192.0.2.1"), ports, "1").ToString();
        Assert.True(SdpReader.TryRead(written, out SessionDescription answer, out string error), error);
        return answer;
    }
}
