using System.Security.Cryptography;
using Media;
using Protocols.Ice;
using Protocols.Sdp;

namespace Protocols.Tests.Sdp;

public sealed class OfferAnswerTests : IDisposable
{
    private static readonly SendableMedia Opus = new([Codec.Opus]);
    private static readonly SendableMedia H264ThenVp8 = new([Codec.H264, Codec.Vp8]);

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    public void Dispose() => _random.Dispose();

    [Theory]
    [InlineData(Offers.Chromium, Codec.H264, 108, 109, 111)]
    [InlineData("chromium156-offer-recvonly-after-gum", Codec.H264, 108, 109, 111)]
    [InlineData("chromium156-offer-recvonly-maxbundle", Codec.H264, 108, 109, 111)]
    [InlineData(Offers.Firefox, Codec.Vp8, 120, 124, 109)]
    [InlineData(Offers.Aiortc, Codec.H264, 101, 102, 96)]
    [InlineData(Offers.Werift, Codec.Vp8, 97, null, 96)]
    [InlineData(Offers.Wrtc, Codec.Vp8, 96, 97, 111)]
    public void Each_real_viewer_gets_a_codec_of_its_offer(string offer, Codec codec, int video, int? rtx, int audio)
    {
        ViewerNegotiation negotiation = Answer(Offers.Read(offer));
        Assert.Equal(codec, negotiation.Video!.Codec);
        Assert.Equal(video, negotiation.Video.PayloadType);
        Assert.Equal(rtx, negotiation.Video.RtxPayloadType);
        Assert.Equal(audio, negotiation.Audio!.PayloadType);
        Assert.Null(negotiation.Audio.RtxPayloadType);
        Assert.Null(negotiation.VideoRefusal);
    }

    [Fact]
    public void The_answer_to_Chromium_has_all_that_a_browser_looks_at()
    {
        ViewerNegotiation negotiation = Answer(Offers.Read(Offers.Chromium));
        SessionDescription answer = SdpReaderTests.Read(negotiation.Answer.ToString());
        Assert.True(answer.IceLite);
        Assert.Equal(["0", "1"], answer.Bundle);
        foreach (MediaDescription section in answer.Media)
        {
            Assert.Equal(SdpDirection.SendOnly, section.Direction);
            Assert.Equal(DtlsSetup.Passive, section.Setup);
            Assert.True(section.RtcpMux && section.RtcpReducedSize && section.EndOfCandidates && section.Port != 0);
            Assert.Equal("A2345678", section.IceUfrag);
            Assert.Equal("candidate:1 1 udp 2130706431 127.0.0.1 8000 typ host", Assert.Single(section.Candidates).ToString());
            Assert.Equal(Fingerprint.OfCertificate([1]), section.Fingerprint);
            Assert.Contains(section.Sources, source => source.Attribute == "cname" && source.Value == negotiation.Cname);
        }

        Assert.Equal(answer.Media[0].Msid!.Split(' ')[0], answer.Media[1].Msid!.Split(' ')[0]);
        Assert.NotEqual(answer.Media[0].Msid, answer.Media[1].Msid);
    }

    [Fact]
    public void The_video_section_answers_formats_feedback_sources_and_extensions()
    {
        ViewerNegotiation negotiation = Answer(Offers.Read(Offers.Chromium));
        NegotiatedTrack video = negotiation.Video!;
        MediaDescription section = SdpReaderTests.Read(negotiation.Answer.ToString()).Media.Single(media => media.Kind == "video");
        Assert.Equal(["108", "109"], section.Formats);
        Assert.Equal("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", section.CodecOf(108)!.Parameters);
        Assert.Equal(["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"], section.CodecOf(108)!.Feedback);
        Assert.Equal("apt=108", section.CodecOf(109)!.Parameters);
        Assert.Equal([video.Ssrc, video.RtxSsrc], Assert.Single(section.SourceGroups, group => group.Semantics == "FID").Ssrcs);
        Assert.Equal(
            [video.Extensions.Mid, video.Extensions.TransportCc, video.Extensions.PlayoutDelay],
            section.Extensions.Select(extension => (byte)extension.Id));
        Assert.True(video.Nack && video.Pli && video.Fir && video.TransportCc && video.Remb && video.ReducedSizeRtcp);
        Assert.True(section.ReceiverRoundTrip);
        Assert.Equal(0, video.Extensions.AbsSendTime);
        Assert.Equal(0, negotiation.Audio!.Extensions.PlayoutDelay);
    }

    [Theory]
    [InlineData(66, 108)]
    [InlineData(77, 116)]
    [InlineData(100, 108)]
    [InlineData(244, 41)]
    public void The_payload_type_of_the_sources_own_profile_wins_over_constrained_baseline(byte profile, int payloadType)
    {
        Assert.Equal(payloadType, Answer(Offers.Read(Offers.Chromium), video: new SendableMedia([Codec.H264], profile)).Video!.PayloadType);
    }

    [Theory]
    [InlineData("42001f", true)]
    [InlineData("42e01f", true)]
    [InlineData("4d001f", true)]
    [InlineData("640c1f", true)]
    [InlineData("f4001f", true)]
    [InlineData("58001f", false)]
    [InlineData("42e0", false)]
    [InlineData("zzzzzz", false)]
    public void H264_is_taken_with_any_profile_that_decoders_play(string profile, bool isTaken)
    {
        ViewerNegotiation negotiation = Answer(Minimal($"packetization-mode=1;profile-level-id={profile}"));
        Assert.Equal(isTaken, negotiation.Video is not null);
        Assert.Equal(isTaken, negotiation.VideoRefusal is null);
    }

    [Fact]
    public void H264_without_packetization_mode_1_is_refused_and_sound_goes_on()
    {
        ViewerNegotiation negotiation = Answer(Minimal("packetization-mode=0;profile-level-id=42e01f"));
        Assert.Null(negotiation.Video);
        Assert.NotNull(negotiation.Audio);
        Assert.Contains("H264 mode 0", negotiation.VideoRefusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_video_its_section_gets_port_0_and_leaves_the_bundle()
    {
        ViewerNegotiation negotiation = Answer(Offers.Read(Offers.Chromium), video: SendableMedia.None);
        SessionDescription answer = SdpReaderTests.Read(negotiation.Answer.ToString());
        Assert.Null(negotiation.Video);
        Assert.Null(negotiation.VideoRefusal);
        MediaDescription video = answer.Media.Single(media => media.Kind == "video");
        Assert.Equal(0, video.Port);
        Assert.Equal([answer.Media.Single(media => media.Kind == "audio").Mid!], answer.Bundle);
        Assert.NotEmpty(video.Formats);
    }

    [Fact]
    public void A_section_whose_transport_the_others_share_is_answered_inactive_instead()
    {
        // bundlePolicy "max-bundle" with video first: Chromium refuses an answer that rejects that section.
        string offer = Minimal("packetization-mode=1")
            .Replace("BUNDLE a v", "BUNDLE v a", StringComparison.Ordinal);
        ViewerNegotiation negotiation = Answer(offer, video: SendableMedia.None);
        SessionDescription answer = SdpReaderTests.Read(negotiation.Answer.ToString());
        Assert.Null(negotiation.Video);
        MediaDescription video = answer.Media.Single(media => media.Kind == "video");
        Assert.Equal(SdpDirection.Inactive, video.Direction);
        Assert.Equal(["v", "a"], answer.Bundle);
        Assert.Empty(video.Sources);
        Assert.Null(video.Msid);
        Assert.Equal(answer.Media.Single(media => media.Kind == "audio").IceUfrag, video.IceUfrag);
    }

    [Fact]
    public void A_second_section_of_a_kind_and_a_data_channel_get_port_0()
    {
        string offer = Minimal("packetization-mode=1")
            .Replace("BUNDLE a v", "BUNDLE a v w d", StringComparison.Ordinal)
            + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:w\r\na=rtcp-mux\r\na=recvonly\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\n"
            + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\na=sctp-port:5000\r\n";
        SessionDescription answer = SdpReaderTests.Read(Answer(offer).Answer.ToString());
        Assert.Equal(["a", "v"], answer.Bundle);
        Assert.Equal([9, 9, 0, 0], answer.Media.Select(media => media.Port));
        Assert.Equal(["webrtc-datachannel"], answer.Media[3].Formats);
    }

    [Fact]
    public void Two_meanings_of_one_extension_id_make_it_unusable()
    {
        ViewerNegotiation negotiation = Answer(Offers.Read(Offers.Aiortc));
        Assert.Equal(1, negotiation.Video!.Extensions.Mid);
        Assert.Equal(1, negotiation.Audio!.Extensions.Mid);
        Assert.Equal(0, negotiation.Video.Extensions.AbsSendTime);
    }

    [Fact]
    public void Sources_of_one_answer_are_distinct_and_not_the_offers()
    {
        ViewerNegotiation negotiation = Answer(Offers.Read(Offers.Aiortc));
        uint[] ssrcs = [negotiation.Audio!.Ssrc, negotiation.Video!.Ssrc, negotiation.Video.RtxSsrc];
        Assert.Equal(3, ssrcs.Distinct().Count());
        Assert.DoesNotContain(0u, ssrcs);
        Assert.DoesNotContain(3788456907u, ssrcs);
    }

    [Fact]
    public void A_viewer_that_asks_for_stereo_is_told_that_it_gets_it()
    {
        Assert.Equal("maxplaybackrate=48000;stereo=1;useinbandfec=1;sprop-stereo=1", Answer(Offers.Read(Offers.Firefox)).Audio!.Parameters);
        Assert.Equal("minptime=10;useinbandfec=1", Answer(Offers.Read(Offers.Chromium)).Audio!.Parameters);
    }

    [Theory]
    [InlineData(Offers.Firefox, "715768bf", "59:88")]
    [InlineData(Offers.Werift, "ce68", "D7:07")]
    public void Credentials_and_fingerprint_of_the_peer_come_from_section_or_session(string offer, string ufrag, string fingerprint)
    {
        ViewerNegotiation negotiation = Answer(Offers.Read(offer));
        Assert.Equal(ufrag, negotiation.RemoteCredentials.UsernameFragment);
        Assert.StartsWith("sha-256 " + fingerprint, negotiation.RemoteFingerprint.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_common_codec_names_both_sides()
    {
        NegotiationFailure failure = Refusal(Offers.Read(Offers.Firefox), SendableMedia.None, new SendableMedia([Codec.H264]));
        Assert.Equal(NegotiationError.NoCommonCodec, failure.Error);
        Assert.Contains("VP8, VP9, AV1", failure.Detail, StringComparison.Ordinal);
        Assert.Contains("H264 mode 1", failure.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=group:BUNDLE a v\r\n", "", NegotiationError.NoBundle)]
    [InlineData("a=rtcp-mux\r\n", "", NegotiationError.NoRtcpMux)]
    [InlineData("a=ice-ufrag:abcd\r\n", "", NegotiationError.NoIceCredentials)]
    [InlineData("a=fingerprint:sha-256", "a=fingerprint:sha-1", NegotiationError.NoFingerprint)]
    [InlineData("actpass", "passive", NegotiationError.NotDtlsClient)]
    [InlineData("a=mid:v", "a=mid:a", NegotiationError.BadMid)]
    [InlineData("a=mid:v\r\n", "", NegotiationError.BadMid)]
    [InlineData("recvonly", "sendonly", NegotiationError.NothingToReceive)]
    public void An_offer_that_lacks_something_is_refused_with_the_reason(string what, string instead, NegotiationError expected)
    {
        string offer = Minimal("packetization-mode=1").Replace(what, instead, StringComparison.Ordinal);
        NegotiationFailure failure = Refusal(offer, Opus, H264ThenVp8);
        Assert.Equal(expected, failure.Error);
        Assert.NotEqual("", failure.Detail);
    }

    [Theory]
    [InlineData("chromium156-offer-datachannel")]
    [InlineData("chromium156-offer-sendonly-plain")]
    [InlineData("firefox153esr-offer-sendonly-simulcast")]
    public void Offers_that_do_not_ask_to_receive_are_refused(string offer) =>
        Assert.Equal(NegotiationError.NothingToReceive, Refusal(Offers.Read(offer), Opus, H264ThenVp8).Error);

    [Fact]
    public void One_section_alone_needs_no_bundle()
    {
        const string Offer = "v=0\r\n" + Transport + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtcp-mux\r\na=recvonly\r\na=rtpmap:111 opus/48000/2\r\n";
        ViewerNegotiation negotiation = Answer(Offer);
        Assert.Equal(111, negotiation.Audio!.PayloadType);
        Assert.Null(negotiation.Answer.Bundle);
    }

    private const string Transport =
        "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=setup:actpass\r\n"
        + "a=fingerprint:sha-256 59:88:2F:D3:DE:BB:49:E2:FD:EF:3A:04:14:7D:E0:1C:FD:BF:7E:61:72:42:DF:2F:7E:E1:7D:DC:0C:46:81:7E\r\n";

    private static string Minimal(string h264) =>
        "v=0\r\na=group:BUNDLE a v\r\n" + Transport
        + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=rtcp-mux\r\na=recvonly\r\na=rtpmap:111 opus/48000/2\r\n"
        + $"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\na=rtcp-mux\r\na=recvonly\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 {h264}\r\n";

    private ViewerNegotiation Answer(string offer, SendableMedia? video = null)
    {
        Assert.True(
            OfferAnswer.TryAnswerViewer(
                SdpReaderTests.Read(offer), Opus, video ?? H264ThenVp8, Local(), out ViewerNegotiation? negotiation, out NegotiationFailure? failure),
            failure?.Detail);
        return negotiation!;
    }

    private NegotiationFailure Refusal(string offer, SendableMedia audio, SendableMedia video)
    {
        Assert.False(OfferAnswer.TryAnswerViewer(
            SdpReaderTests.Read(offer), audio, video, Local(), out _, out NegotiationFailure? failure));
        return failure!;
    }

    private LocalPeer Local() => new(
        new IceCredentials("A2345678", "0123456789abcdef01234567"),
        [new IceCandidate { Foundation = "1", Priority = 2130706431, Address = "127.0.0.1", Port = 8000 }],
        Fingerprint.OfCertificate([1]),
        _random);
}
