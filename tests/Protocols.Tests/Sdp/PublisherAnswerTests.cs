using System.Security.Cryptography;
using System.Text;
using Media;
using Protocols.Ice;
using Protocols.Sdp;

namespace Protocols.Tests.Sdp;

public sealed class PublisherAnswerTests : IDisposable
{
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    public void Dispose() => _random.Dispose();

    [Theory]
    [InlineData("chromium156-offer-sendonly-plain", "Vp8 96/97, H264 102/103, H264 108/109, H264 116/117, Av1 45/46, Vp9 98/99", "Opus 111, Pcmu 0, Pcma 8")]
    [InlineData("chromium156-offer-sendonly-simulcast-vp8", "Vp8 96/97", "Opus 111, Pcmu 0, Pcma 8")]
    [InlineData("chromium156-offer-sendonly-simulcast-h264", "H264 102/103, H264 108/109, H264 116/117", "Opus 111, Pcmu 0, Pcma 8")]
    [InlineData("chromium156-offer-sendonly-av1-simulcast", "Av1 45/46", "Opus 111, Pcmu 0, Pcma 8")]
    [InlineData("chromium156-offer-sendonly-av1-L3T3", "Av1 45/46", "Opus 111, Pcmu 0, Pcma 8")]
    [InlineData("chromium156-offer-sendonly-vp9-L3T3_KEY", "Vp9 98/99", "Opus 111, Pcmu 0, Pcma 8")]
    [InlineData("firefox153esr-offer-sendonly-simulcast", "Vp8 120/124, Vp9 121/125, Av1 99/100", "Opus 109, Pcmu 0, Pcma 8")]
    [InlineData("aiortc1.4-offer-sendonly-h264", "H264 99/100, H264 101/102", "Opus 96, Pcmu 0, Pcma 8")]
    public void Each_real_publisher_keeps_the_order_of_its_codecs(string offer, string video, string audio)
    {
        PublisherNegotiation negotiation = Answer(Offers.Read(offer));
        Assert.Equal(video, Describe(negotiation.Video!));
        Assert.Equal(audio, Describe(negotiation.Audio!));
        Assert.Empty(negotiation.Refusals);
    }

    [Fact]
    public void The_answer_to_Chromium_has_all_that_a_browser_looks_at()
    {
        SessionDescription answer = Reread(Answer(Offers.Read("chromium156-offer-sendonly-plain")));
        Assert.True(answer.IceLite);
        Assert.Equal(["0", "1"], answer.Bundle);
        foreach (MediaDescription section in answer.Media)
        {
            Assert.Equal(SdpDirection.ReceiveOnly, section.Direction);
            Assert.Equal(DtlsSetup.Passive, section.Setup);
            Assert.True(section.RtcpMux && section.RtcpReducedSize && section.EndOfCandidates && section.Port != 0);
            Assert.Equal("A2345678", section.IceUfrag);
            Assert.Single(section.Candidates);
            Assert.Equal(Fingerprint.OfCertificate([1]), section.Fingerprint);
            Assert.Empty(section.Sources);
            Assert.Null(section.Msid);
        }
    }

    [Fact]
    public void The_video_section_answers_formats_feedback_and_the_extensions_in_use()
    {
        MediaDescription section = Reread(Answer(Offers.Read("chromium156-offer-sendonly-simulcast-vp8"))).Media[1];
        Assert.Equal(["96", "97"], section.Formats);
        Assert.Equal(["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"], section.CodecOf(96)!.Feedback);
        Assert.Equal("apt=96", section.CodecOf(97)!.Parameters);
        Assert.Equal([4, 3, 10, 11], section.Extensions.Select(extension => extension.Id));
        MediaDescription audio = Reread(Answer(Offers.Read("chromium156-offer-sendonly-simulcast-vp8"))).Media[0];
        Assert.Equal([1, 4, 3], audio.Extensions.Select(extension => extension.Id));
    }

    [Theory]
    [InlineData("chromium156-offer-sendonly-simulcast-vp8", "l;m;h", 10, 11)]
    [InlineData("chromium156-offer-sendonly-simulcast-h264", "l;m;h", 10, 11)]
    [InlineData("firefox153esr-offer-sendonly-simulcast", "h;m;l", 9, 10)]
    public void Simulcast_is_answered_in_the_order_of_the_offer(string offer, string order, byte rid, byte repaired)
    {
        PublisherNegotiation negotiation = Answer(Offers.Read(offer));
        MediaDescription section = Reread(negotiation).Media.Single(media => media.Kind == "video");
        Assert.Equal("recv " + order, section.Simulcast);
        Assert.Equal(order.Split(';'), section.Rids.Select(each => each.Id));
        Assert.All(section.Rids, each => Assert.False(each.IsSend));
        Assert.Equal(order.Split(';'), negotiation.Video!.Rids);
        Assert.Equal((rid, repaired), (negotiation.Video.Extensions.Rid, negotiation.Video.Extensions.RepairedRid));
    }

    [Fact]
    public void An_extension_that_the_publisher_only_sends_is_answered_as_only_received()
    {
        MediaDescription section = Reread(Answer(Offers.Read("firefox153esr-offer-sendonly-simulcast"))).Media[0];
        Assert.Equal(
            [SdpDirection.ReceiveOnly, SdpDirection.ReceiveOnly],
            section.Extensions.Where(extension => extension.Id >= 9).Select(extension => extension.Direction!.Value));
        Assert.All(section.Extensions.Where(extension => extension.Id < 9), extension => Assert.Null(extension.Direction));
    }

    [Fact]
    public void Sources_are_told_where_the_offer_has_them()
    {
        Assert.Equal(
            [new AnnouncedSource(4098082383, 1519092798), new AnnouncedSource(1628667909, 2447430461), new AnnouncedSource(1067512750, 4170987573)],
            Answer(Offers.Read("firefox153esr-offer-sendonly-simulcast")).Video!.Sources.ToArray());
        Assert.Empty(Answer(Offers.Read("chromium156-offer-sendonly-simulcast-vp8")).Video!.Sources);
        Assert.Equal([new AnnouncedSource(397808421, 0)], Answer(Offers.Read("firefox153esr-offer-sendonly-simulcast")).Audio!.Sources.ToArray());
    }

    [Fact]
    public void Two_meanings_of_one_id_spoil_it_only_where_the_section_is_not_known_yet()
    {
        PublisherNegotiation negotiation = Answer(Offers.Read("aiortc1.4-offer-sendonly-h264"));
        Assert.Equal(new ReceivedExtensionIds(1, 0, 0, 0, 0), negotiation.Video!.Extensions);
        Assert.Equal(new ReceivedExtensionIds(1, 0, 0, 0, 2), negotiation.Audio!.Extensions);
        string offer = Minimal("a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid\r\n", "a=extmap:3 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n");
        Assert.Equal(0, Answer(offer).Video!.Extensions.Mid);
    }

    [Fact]
    public void Ids_of_the_two_byte_form_are_taken_where_the_offer_mixes_both()
    {
        const string Extension = "a=extmap:20 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
        Assert.Equal(0, Answer(Minimal(Extension)).Video!.Extensions.Mid);
        string mixed = Minimal(Extension).Replace("v=0\r\n", "v=0\r\na=extmap-allow-mixed\r\n", StringComparison.Ordinal);
        Assert.Equal(20, Answer(mixed).Video!.Extensions.Mid);
    }

    [Fact]
    public void An_offer_without_candidates_and_extensions_as_OBS_makes_it_is_taken()
    {
        PublisherNegotiation negotiation = Answer(ObsOffer);
        Assert.Equal("Opus 111", Describe(negotiation.Audio!));
        Assert.Equal("H264 96/97", Describe(negotiation.Video!));
        Assert.Equal([new AnnouncedSource(2, 3)], negotiation.Video!.Sources.ToArray());
        SessionDescription answer = Reread(negotiation);
        Assert.Equal("minptime=10;maxaveragebitrate=96000;sprop-stereo=1;useinbandfec=1;stereo=1", answer.Media[0].CodecOf(111)!.Parameters);
        Assert.Equal(["goog-remb", "nack", "nack pli"], answer.Media[1].CodecOf(96)!.Feedback);
        Assert.All(answer.Media, section => Assert.Single(section.Candidates));
    }

    [Fact]
    public void A_second_video_section_gets_port_0_unless_more_are_allowed()
    {
        string offer = Minimal("").Replace("BUNDLE a v", "BUNDLE a v w", StringComparison.Ordinal)
            + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:w\r\na=rtcp-mux\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\n";
        PublisherNegotiation one = Answer(offer);
        Assert.Equal([9, 9, 0], Reread(one).Media.Select(section => section.Port));
        Assert.Equal(["a", "v"], one.Answer.Bundle);
        Assert.Equal("w", Assert.Single(one.Refusals).Mid);
        PublisherNegotiation two = Answer(offer, ReceivableMedia.Default with { MaxVideoSections = 2 });
        Assert.Equal(["a", "v", "w"], two.Sections.Select(section => section.Mid));
    }

    [Fact]
    public void Where_sections_come_and_go_those_that_are_not_wanted_stay_inactive_on_the_one_transport()
    {
        string offer = Minimal("").Replace("BUNDLE a v", "BUNDLE a v w d", StringComparison.Ordinal)
            + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:w\r\na=rtcp-mux\r\na=inactive\r\na=rtpmap:96 VP8/90000\r\n"
            + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\na=sctp-port:5000\r\n"
            + "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:x\r\na=inactive\r\na=rtpmap:96 VP8/90000\r\n";
        PublisherNegotiation negotiation = Answer(offer, ReceivableMedia.Default with { KeepsSections = true, Mids = ["v"] });
        SessionDescription answer = Reread(negotiation);
        Assert.Equal(["v"], negotiation.Sections.Select(section => section.Mid));
        Assert.Equal([9, 9, 9, 0, 0], answer.Media.Select(section => section.Port));
        Assert.Equal([SdpDirection.Inactive, SdpDirection.ReceiveOnly, SdpDirection.Inactive], answer.Media.Take(3).Select(section => section.Direction!.Value));
        Assert.Equal(["a", "v", "w"], answer.Bundle);
        Assert.Empty(negotiation.Refusals);
    }

    [Fact]
    public void Where_sections_come_and_go_an_offer_may_have_nothing_to_take()
    {
        PublisherNegotiation negotiation = Answer(Minimal(""), ReceivableMedia.Default with { KeepsSections = true, Mids = [] });
        Assert.Empty(negotiation.Sections);
        Assert.Equal("abcd", negotiation.RemoteCredentials.UsernameFragment);
        Assert.All(Reread(negotiation).Media, section => Assert.Equal((9, SdpDirection.Inactive), (section.Port, section.Direction)));
    }

    [Fact]
    public void Data_channels_and_sections_that_only_receive_are_declined()
    {
        string offer = Minimal("").Replace("BUNDLE a v", "BUNDLE a v w d", StringComparison.Ordinal)
            + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:w\r\na=rtcp-mux\r\na=recvonly\r\na=rtpmap:96 VP8/90000\r\n"
            + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\na=sctp-port:5000\r\n";
        PublisherNegotiation negotiation = Answer(offer);
        Assert.Equal([9, 9, 0, 0], Reread(negotiation).Media.Select(section => section.Port));
        Assert.Empty(negotiation.Refusals);
    }

    [Theory]
    [InlineData("sendonly")]
    [InlineData("sendrecv")]
    public void Both_directions_that_send_are_answered_with_recvonly(string direction)
    {
        string offer = Minimal("").Replace("sendonly", direction, StringComparison.Ordinal);
        Assert.All(Reread(Answer(offer)).Media, section => Assert.Equal(SdpDirection.ReceiveOnly, section.Direction));
    }

    [Theory]
    [InlineData("send a;b;c;d;e;f", 4, "a;b;c;d")]
    [InlineData("send ~a;b,c", 4, "a;b")]
    [InlineData("recv x send c;a", 4, "c;a")]
    [InlineData("send rid=a;b", 4, "a;b")]
    [InlineData("send a;a;unknown;b", 4, "a;b")]
    [InlineData("send ;;,;~", 4, null)]
    [InlineData("recv a;b", 4, null)]
    [InlineData("send a;b", 1, "a")]
    public void Lists_of_encodings_are_read_in_every_form(string simulcast, int max, string? expected)
    {
        var lines = new StringBuilder("a=extmap:5 " + HeaderExtensionUri.Rid + "\r\n");
        foreach (char rid in "abcdef") lines.Append("a=rid:").Append(rid).Append(" send\r\n");
        lines.Append("a=simulcast:").Append(simulcast).Append("\r\n");
        PublisherNegotiation negotiation = Answer(Minimal(lines.ToString()), ReceivableMedia.Default with { MaxEncodings = max });
        Assert.Equal(expected ?? "", string.Join(';', negotiation.Video!.Rids));
        Assert.Equal(expected is null ? null : "recv " + expected, Reread(negotiation).Media[1].Simulcast);
    }

    [Fact]
    public void Simulcast_without_an_extension_to_tell_the_encodings_apart_is_not_answered()
    {
        PublisherNegotiation negotiation = Answer(Minimal("a=rid:a send\r\na=rid:b send\r\na=simulcast:send a;b\r\n"));
        Assert.Empty(negotiation.Video!.Rids);
        Assert.Null(Reread(negotiation).Media[1].Simulcast);
    }

    [Fact]
    public void A_kind_without_a_common_codec_is_declined_with_the_reason()
    {
        PublisherNegotiation negotiation = Answer(Minimal("").Replace("VP8/90000", "H265/90000", StringComparison.Ordinal));
        Assert.Null(negotiation.Video);
        Assert.Contains("H265", Assert.Single(negotiation.Refusals).Reason, StringComparison.Ordinal);
        Assert.Contains("H264 mode 1, VP8, VP9, AV1", negotiation.Refusals[0].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=group:BUNDLE a v\r\n", "", NegotiationError.NoBundle)]
    [InlineData("a=rtcp-mux\r\n", "", NegotiationError.NoRtcpMux)]
    [InlineData("a=ice-ufrag:abcd\r\n", "", NegotiationError.NoIceCredentials)]
    [InlineData("a=fingerprint:sha-256", "a=fingerprint:sha-1", NegotiationError.NoFingerprint)]
    [InlineData("actpass", "passive", NegotiationError.NotDtlsClient)]
    [InlineData("a=mid:v", "a=mid:a", NegotiationError.BadMid)]
    [InlineData("sendonly", "recvonly", NegotiationError.NothingToSend)]
    public void An_offer_that_lacks_something_is_refused_with_the_reason(string what, string instead, NegotiationError expected)
    {
        NegotiationFailure failure = Refusal(Minimal("").Replace(what, instead, StringComparison.Ordinal));
        Assert.Equal(expected, failure.Error);
        Assert.NotEqual("", failure.Detail);
    }

    [Fact]
    public void No_common_codec_at_all_names_both_sides()
    {
        string offer = Minimal("").Replace("VP8/90000", "H265/90000", StringComparison.Ordinal).Replace("opus/48000/2", "L16/48000/2", StringComparison.Ordinal);
        NegotiationFailure failure = Refusal(offer);
        Assert.Equal(NegotiationError.NoCommonCodec, failure.Error);
        Assert.Contains("audio: L16", failure.Detail, StringComparison.Ordinal);
        Assert.Contains("opus, PCMU, PCMA", failure.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chromium156-offer-recvonly")]
    [InlineData("chromium156-offer-datachannel")]
    public void Offers_that_do_not_send_are_refused(string offer) =>
        Assert.Equal(NegotiationError.NothingToSend, Refusal(Offers.Read(offer)).Error);

    [Fact]
    public void A_thousand_sections_are_refused_and_the_limits_are_options()
    {
        string offer = Minimal("") + string.Concat(Enumerable.Repeat("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", 1000));
        Assert.False(SdpReader.TryRead(offer, out _, out string error));
        Assert.Equal("more than 64 media sections", error);
        Assert.False(SdpReader.TryRead(Minimal(""), new SdpLimits(MaxMediaSections: 1), out _, out error));
        Assert.Equal("more than 1 media sections", error);
        Assert.False(SdpReader.TryRead(Minimal(""), new SdpLimits(MaxLength: 100), out _, out error));
        Assert.Equal("longer than 100 characters", error);
    }

    private const string Transport =
        "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=setup:actpass\r\n"
        + "a=fingerprint:sha-256 59:88:2F:D3:DE:BB:49:E2:FD:EF:3A:04:14:7D:E0:1C:FD:BF:7E:61:72:42:DF:2F:7E:E1:7D:DC:0C:46:81:7E\r\n";

    // In the form of libdatachannel, which OBS uses: no candidates, no extensions, everything else in each section
    private const string ObsOffer =
        "v=0\r\no=rtc 1 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=msid-semantic:WMS *\r\na=ice-options:ice2,trickle\r\n"
        + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\na=ssrc:1 cname:c\r\na=ssrc:1 msid:s audio\r\na=msid:s audio\r\na=rtcp-mux\r\n"
        + "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;maxaveragebitrate=96000;sprop-stereo=1;useinbandfec=1\r\n" + Transport
        + "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=sendonly\r\na=ssrc:2 cname:c\r\na=ssrc:2 msid:s video\r\na=msid:s video\r\na=rtcp-mux\r\n"
        + "a=ssrc-group:FID 2 3\r\na=rtpmap:96 H264/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 goog-remb\r\n"
        + "a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n" + Transport;

    private static string Minimal(string videoLines, string audioLines = "") =>
        "v=0\r\na=group:BUNDLE a v\r\n" + Transport
        + $"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=rtcp-mux\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n{audioLines}"
        + $"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\na=rtcp-mux\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\n{videoLines}";

    private static string Describe(ReceivedSection section) => string.Join(", ", section.Codecs.Select(codec =>
        $"{codec.Codec} {codec.PayloadType}{(codec.RtxPayloadType is { } rtx ? $"/{rtx}" : "")}"));

    private static SessionDescription Reread(PublisherNegotiation negotiation) => SdpReaderTests.Read(negotiation.Answer.ToString());

    private PublisherNegotiation Answer(string offer, ReceivableMedia? media = null)
    {
        Assert.True(
            OfferAnswer.TryAnswerPublisher(
                SdpReaderTests.Read(offer), media ?? ReceivableMedia.Default, Local(), out PublisherNegotiation? negotiation, out NegotiationFailure? failure),
            failure?.Detail);
        return negotiation!;
    }

    private NegotiationFailure Refusal(string offer)
    {
        Assert.False(OfferAnswer.TryAnswerPublisher(
            SdpReaderTests.Read(offer), ReceivableMedia.Default, Local(), out _, out NegotiationFailure? failure));
        return failure!;
    }

    private LocalPeer Local() => new(
        new IceCredentials("A2345678", "0123456789abcdef01234567"),
        [new IceCandidate { Foundation = "1", Priority = 2130706431, Address = "127.0.0.1", Port = 8000 }],
        Fingerprint.OfCertificate([1]),
        _random);
}
