using System.Text;
using Protocols.Sdp;

namespace Protocols.Tests.Sdp;

public sealed class SdpReaderTests
{
    public static TheoryData<string> AllOffers => new(Offers.Names);

    [Theory]
    [MemberData(nameof(AllOffers))]
    public void Every_real_offer_is_read(string name)
    {
        SessionDescription offer = Read(Offers.Read(name));
        Assert.NotEmpty(offer.Media);
        Assert.Equal(offer.Media.Select(media => media.Mid), offer.Bundle);
        foreach (MediaDescription media in offer.Media)
        {
            Assert.NotNull(offer.UfragOf(media));
            Assert.NotNull(offer.PasswordOf(media));
            Assert.NotNull(offer.FingerprintOf(media));
            Assert.Equal(DtlsSetup.ActPass, offer.SetupOf(media));
            Assert.Equal(media.Kind != "application", media.RtcpMux);
            Assert.Equal(media.Kind == "application" ? 0 : media.Formats.Count, media.Codecs.Count);
            Assert.All(media.Codecs, codec => Assert.NotEqual("", codec.Name));
        }
    }

    [Theory]
    [MemberData(nameof(AllOffers))]
    public void What_is_written_reads_the_same(string name)
    {
        string written = SdpWriter.Write(Read(Offers.Read(name)));
        SessionDescription again = Read(written);
        Assert.Equal(written, SdpWriter.Write(again));
    }

    [Fact]
    public void Codecs_parameters_and_feedback_of_Chromium_are_found()
    {
        MediaDescription video = Section(Offers.Chromium, "video");
        SdpCodec h264 = Assert.Single(video.Codecs, codec => codec.PayloadType == 102);
        Assert.Equal("H264", h264.Name);
        Assert.Equal(90_000, h264.ClockRate);
        Assert.Equal("42001f", h264.Parameter("profile-level-id"));
        Assert.Equal(1, h264.NumericParameter("packetization-mode"));
        Assert.Null(h264.Parameter("apt"));
        Assert.Equal(["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"], h264.Feedback);
        Assert.Equal(2, Section(Offers.Chromium, "audio").CodecOf(111)!.Channels);
    }

    [Fact]
    public void Firefox_says_fingerprint_and_direction_in_the_session_and_limits_extensions()
    {
        SessionDescription offer = Read(Offers.Read(Offers.Firefox));
        Assert.NotNull(offer.Fingerprint);
        Assert.Null(offer.Media[0].Fingerprint);
        Assert.Equal(SdpDirection.SendReceive, offer.Direction);
        Assert.Equal(SdpDirection.ReceiveOnly, offer.DirectionOf(offer.Media[0]));
        Assert.Contains(
            new SdpHeaderExtension(6, HeaderExtensionUri.PlayoutDelay, SdpDirection.ReceiveOnly), offer.Media[0].Extensions);
    }

    [Fact]
    public void Simulcast_rids_sources_and_groups_are_read()
    {
        MediaDescription simulcast = Section("chromium156-offer-sendonly-simulcast-h264", "video");
        Assert.Equal(["l", "m", "h"], simulcast.Rids.Select(rid => rid.Id));
        Assert.All(simulcast.Rids, rid => Assert.True(rid.IsSend));
        Assert.Equal("send l;m;h", simulcast.Simulcast);
        Assert.Empty(simulcast.Sources);
        MediaDescription aiortc = Section(Offers.Aiortc, "video");
        Assert.Equal([3788456907u, 2552716067u], Assert.Single(aiortc.SourceGroups).Ssrcs);
        Assert.Equal(new SdpSource(3788456907, "cname", "cae22156-00f9-47c1-8232-3725abcdfefe"), aiortc.Sources[0]);
        Assert.Equal(2, aiortc.Candidates.Count);
        Assert.True(aiortc.EndOfCandidates);
    }

    [Fact]
    public void Feedback_for_all_payload_types_reaches_each()
    {
        SessionDescription session = Read("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=rtcp-fb:* nack pli\r\n");
        Assert.All(session.Media[0].Codecs, codec => Assert.Equal(["nack pli"], codec.Feedback));
    }

    [Fact]
    public void Unknown_lines_and_attributes_are_skipped()
    {
        SessionDescription session = Read(
            "v=0\nb=AS:5\nk=clear:x\na=rtcp-xr:rcvr-rtt=all\na=\nm=audio 9 RTP/SAVPF 0\nz=0 0\na=what\na=rtpmap:96 not/listed\n");
        Assert.Equal("PCMU", Assert.Single(session.Media[0].Codecs).Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("v=0\r\nnonsense")]
    [InlineData("v=0\r\nm=audio")]
    [InlineData("v=0\r\nm=audio 70000 RTP/AVP 0")]
    [InlineData("v=0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0")]
    [InlineData("v=0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/fast")]
    [InlineData("v=0\r\nm=audio 9 RTP/AVP 0\r\na=extmap:x uri")]
    [InlineData("v=0\r\nm=audio 9 RTP/AVP 0\r\na=ssrc:99999999999 cname:x")]
    [InlineData("v=0\r\na=ice-ufrag:abc")]
    [InlineData("v=0\r\na=ice-pwd:short")]
    public void Broken_text_is_refused_with_a_reason(string text)
    {
        Assert.False(SdpReader.TryRead(text, out _, out string error));
        Assert.NotEqual("", error);
    }

    [Fact]
    public void Reasons_do_not_show_credentials()
    {
        Assert.False(SdpReader.TryRead("v=0\r\na=ice-pwd:secret", out _, out string error));
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_and_lists_are_bounded()
    {
        Assert.False(SdpReader.TryRead("v=0\r\n" + new string('x', SdpReader.MaxLength), out _, out _));
        Assert.False(SdpReader.TryRead("v=0\r\n" + Repeat("m=audio 9 RTP/AVP 0\r\n", SdpReader.MaxMediaSections + 1), out _, out _));
        Assert.True(SdpReader.TryRead("v=0\r\n" + Repeat("m=audio 9 RTP/AVP 0\r\n", SdpReader.MaxMediaSections), out _, out _));
        Assert.False(SdpReader.TryRead(
            "v=0\r\nm=audio 9 RTP/AVP 0\r\n" + Repeat("a=candidate:1 1 udp 1 ::1 9 typ host\r\n", 200), out _, out _));
    }

    [Fact]
    public void A_higher_limit_of_sections_is_one_for_the_group_too()
    {
        string offer = $"v=0\r\na=group:BUNDLE {string.Join(' ', Enumerable.Range(0, 200))}\r\n" + Repeat("m=audio 9 RTP/AVP 0\r\n", 200);
        Assert.True(SdpReader.TryRead(offer, new SdpLimits(MaxMediaSections: 200), out SessionDescription session, out string error), error);
        Assert.Equal((200, 200), (session.Bundle!.Count, session.Media.Count));
    }

    internal static SessionDescription Read(string text)
    {
        Assert.True(SdpReader.TryRead(text, out SessionDescription session, out string error), error);
        return session;
    }

    private static MediaDescription Section(string offer, string kind) =>
        Read(Offers.Read(offer)).Media.First(media => media.Kind == kind);

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();
}
