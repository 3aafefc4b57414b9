using System.Collections.Immutable;
using System.Security.Cryptography;
using Media;
using Protocols.Ice;
using Protocols.Sdp;

namespace Protocols.Tests.Sdp;

/// <summary>Answers to a participant that receives many streams over one peer connection.</summary>
public sealed class ReceivingOfferTests : IDisposable
{
    private static readonly SendableMedia Sound = new([Codec.Opus, Codec.Pcmu, Codec.Pcma]);
    private static readonly SendableMedia Picture = new([Codec.Vp8, Codec.H264, Codec.Vp9, Codec.Av1]);

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly AnswerOrigin _origin;

    public ReceivingOfferTests() => _origin = new AnswerOrigin(_random);

    public void Dispose() => _random.Dispose();

    [Theory]
    [InlineData(Offers.ChromiumMany, 8, "96 108 98 45")]
    [InlineData(Offers.FirefoxMany, 7, "120 121 99")]
    public void Each_section_is_answered_by_its_own_wish_and_the_others_stay_inactive(string name, int count, string formats)
    {
        ReceivingAnswer made = Answer(Read(name), ("0", "alice"), ("1", "alice"), ("5", "bob"));
        SessionDescription answer = SdpReaderTests.Read(made.Answer.ToString());

        Assert.Equal(["0", "1", "5"], made.Sections.Select(section => section.Mid));
        Assert.Equal(count, answer.Media.Count);
        Assert.Equal(Enumerable.Range(0, count).Select(mid => mid.ToString()), answer.Bundle!);
        foreach (MediaDescription section in answer.Media)
        {
            bool isSent = section.Mid is "0" or "1" or "5";
            Assert.Equal(isSent ? SdpDirection.SendOnly : SdpDirection.Inactive, section.Direction);
            Assert.Equal(isSent, section.Sources.Count > 0);
            Assert.NotEqual(0, section.Port);
            Assert.Equal("A2345678", section.IceUfrag);
        }

        Assert.Equal(["alice", "alice", "bob"], answer.Media.Where(section => section.Msid is not null).Select(section => section.Msid!.Split(' ')[0]));
        Assert.Equal(3, made.Sections.Select(section => section.TrackId).Distinct().Count());
        Assert.Equal(5, made.Sections.SelectMany(section => new[] { section.Ssrc, section.RtxSsrc }).Where(ssrc => ssrc != 0).Distinct().Count());
        Assert.StartsWith(formats, string.Join(' ', answer.Media[1].Formats), StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_lists_every_codec_with_its_retransmissions()
    {
        SentSection video = Answer(Read(Offers.ChromiumMany), ("1", "alice")).Sections[0];

        Assert.Equal([Codec.Vp8, Codec.H264, Codec.Vp9, Codec.Av1], video.Formats.Select(format => format.Codec));
        Assert.All(video.Formats, format => Assert.NotNull(format.RtxPayloadType));
        Assert.Equal(8, video.Formats.SelectMany(format => new[] { format.PayloadType, format.RtxPayloadType!.Value }).Distinct().Count());
    }

    [Theory]
    [InlineData(Offers.ChromiumMany)]
    [InlineData(Offers.FirefoxMany)]
    public void What_is_not_changed_is_answered_as_before_word_by_word(string name)
    {
        ReceivingAnswer first = Answer(Read(name), ("0", "alice"), ("1", "alice"), ("2", "bob"));
        // The source has another codec now: that is no reason to disturb the receiver.
        ReceivingAnswer second = Answer(
            Read(name), first.Sections, new SendableMedia([Codec.Av1, Codec.Vp8]), ("0", "alice"), ("1", "alice"), ("3", "carol"));

        Assert.Equal(first.Sections[..2].AsEnumerable(), second.Sections[..2]);
        Assert.Same(first.Sections[1], second.Sections[1]);
        Assert.Equal(SectionText(first.Answer, "0"), SectionText(second.Answer, "0"));
        Assert.Equal(SectionText(first.Answer, "1"), SectionText(second.Answer, "1"));
        Assert.Equal(SdpDirection.Inactive, second.Answer.Media[2].Direction);
        Assert.DoesNotContain(second.Sections[2].Ssrc, first.Sections.Select(section => section.Ssrc));
    }

    [Fact]
    public void The_session_stays_and_its_version_counts_the_answers()
    {
        string[] first = Answer(Read(Offers.ChromiumMany), ("0", "alice")).Answer.Origin.Split(' ');
        string[] second = Answer(Read(Offers.ChromiumMany), ("0", "alice")).Answer.Origin.Split(' ');

        Assert.Equal(first[1], second[1]);
        Assert.Equal(("1", "2"), (first[2], second[2]));
    }

    [Fact]
    public void Another_publication_in_the_same_section_is_another_stream()
    {
        ReceivingAnswer first = Answer(Read(Offers.ChromiumMany), ("1", "alice"));
        ReceivingAnswer second = Answer(Read(Offers.ChromiumMany), first.Sections, Picture, ("1", "bob"));

        Assert.NotEqual(first.Sections[0].Ssrc, second.Sections[0].Ssrc);
        Assert.NotEqual(first.Sections[0].TrackId, second.Sections[0].TrackId);
    }

    [Fact]
    public void Payload_types_that_mean_something_else_now_make_another_stream()
    {
        string offer = Read(Offers.ChromiumMany);
        ReceivingAnswer first = Answer(offer, ("1", "alice"));
        string moved = offer.Replace("a=rtpmap:96 VP8/90000", "a=rtpmap:96 VP9/90000", StringComparison.Ordinal)
            .Replace("a=rtpmap:98 VP9/90000", "a=rtpmap:98 VP8/90000", StringComparison.Ordinal);
        ReceivingAnswer second = Answer(moved, first.Sections, Picture, ("1", "alice"));

        Assert.NotEqual(first.Sections[0].Ssrc, second.Sections[0].Ssrc);
        Assert.Equal(98, second.Sections[0].Formats[0].PayloadType);
    }

    [Fact]
    public void A_stopped_section_stays_rejected_and_the_next_one_carries_the_transport()
    {
        string offer = Read(Offers.ChromiumMany).Replace("a=group:BUNDLE 0 ", "a=group:BUNDLE ", StringComparison.Ordinal)
            .Replace("m=audio 18102 ", "m=audio 0 ", StringComparison.Ordinal);
        ReceivingAnswer made = Answer(offer, ("3", "alice"));

        Assert.Equal(0, made.Answer.Media[0].Port);
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7"], made.Answer.Bundle!);
        Assert.False(Offer(offer).CanReceive("0"));
    }

    [Fact]
    public void Without_any_stream_the_connection_is_made_all_the_same()
    {
        ReceivingAnswer made = Answer(Read(Offers.ChromiumMany));

        Assert.Empty(made.Sections);
        Assert.All(made.Answer.Media, section => Assert.Equal(SdpDirection.Inactive, section.Direction));
        Assert.Equal(8, made.Answer.Bundle!.Count);
    }

    [Fact]
    public void A_data_channel_is_rejected()
    {
        string channel = Read("chromium156-offer-datachannel").Replace("a=mid:0", "a=mid:8", StringComparison.Ordinal);
        string offer = Read(Offers.ChromiumMany).Replace("BUNDLE 0 ", "BUNDLE 8 0 ", StringComparison.Ordinal) + channel[channel.IndexOf("m=", StringComparison.Ordinal)..];
        ReceivingAnswer made = Answer(offer, ("0", "alice"));

        Assert.Equal(0, Assert.Single(made.Answer.Media, section => section.Kind == "application").Port);
        Assert.Equal(8, made.Answer.Bundle!.Count);
        Assert.Null(Offer(offer).KindOf("8"));
    }

    [Theory]
    [InlineData("a=mid:3", "a=mid:2", NegotiationError.BadMid)]
    [InlineData("a=group:BUNDLE", "a=nothing:", NegotiationError.NoBundle)]
    [InlineData("a=setup:actpass", "a=setup:passive", NegotiationError.NotDtlsClient)]
    [InlineData("a=rtcp-mux", "a=nothing", NegotiationError.NoRtcpMux)]
    [InlineData("a=ice-ufrag:", "a=nothing:", NegotiationError.NoIceCredentials)]
    [InlineData("a=fingerprint:", "a=nothing:", NegotiationError.NoFingerprint)]
    [InlineData("m=", "m=x", NegotiationError.NothingToReceive)]
    public void An_offer_that_cannot_be_answered_is_refused_with_the_reason(string text, string by, NegotiationError error)
    {
        SessionDescription offer = SdpReaderTests.Read(Read(Offers.ChromiumMany).Replace(text, by, StringComparison.Ordinal));

        Assert.False(ReceivingOffer.TryCreate(offer, out _, out NegotiationFailure? failure));
        Assert.Equal(error, failure!.Error);
    }

    [Fact]
    public void An_offer_of_fifty_streams_is_read_with_the_limits_of_a_room()
    {
        string[] parts = Read(Offers.ChromiumMany).Split("m=audio ", 3);
        string bundle = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"{i}"));
        IEnumerable<string> sections = Enumerable.Range(0, 50).Select(i =>
            "m=audio " + parts[1].Replace("a=mid:1\r", $"a=mid:{(2 * i) + 1}\r", StringComparison.Ordinal).Replace("a=mid:0\r", $"a=mid:{2 * i}\r", StringComparison.Ordinal));
        string text = parts[0].Replace("BUNDLE 0 1 2 3 4 5 6 7", $"BUNDLE {bundle}", StringComparison.Ordinal) + string.Concat(sections);

        Assert.False(SdpReader.TryRead(text, out _, out _));
        Assert.True(SdpReader.TryRead(text, new SdpLimits(512 * 1024, 104), out SessionDescription offer, out string error), error);
        Assert.True(ReceivingOffer.TryCreate(offer, out ReceivingOffer? receiving, out _));
        ReceivingAnswer made = Answer(receiving!, [], Picture, [.. receiving!.Mids.Select((mid, i) => (mid, $"p{i / 2}"))]);
        Assert.Equal(100, made.Sections.Length);
        Assert.Equal(150, made.Answer.Media.SelectMany(section => section.Sources).Select(source => source.Ssrc).Distinct().Count());
    }

    private static string Read(string name) => Offers.Read(name).ReplaceLineEndings("\r\n");

    private static string SectionText(SessionDescription answer, string mid)
    {
        string text = answer.ToString();
        int at = text.IndexOf($"a=mid:{mid}\r\n", StringComparison.Ordinal);
        int end = text.IndexOf("m=", at, StringComparison.Ordinal);
        return text[text.LastIndexOf("m=", at, StringComparison.Ordinal)..(end < 0 ? text.Length : end)];
    }

    private static ReceivingOffer Offer(string text)
    {
        Assert.True(ReceivingOffer.TryCreate(SdpReaderTests.Read(text), out ReceivingOffer? offer, out NegotiationFailure? failure), failure?.Detail);
        return offer!;
    }

    private ReceivingAnswer Answer(string offer, params (string Mid, string Stream)[] wishes) => Answer(offer, [], Picture, wishes);

    private ReceivingAnswer Answer(
        string offer, ImmutableArray<SentSection> before, SendableMedia video, params (string Mid, string Stream)[] wishes) =>
        Answer(Offer(offer), before, video, wishes);

    private ReceivingAnswer Answer(
        ReceivingOffer offer, ImmutableArray<SentSection> before, SendableMedia video, (string Mid, string Stream)[] wishes)
    {
        SectionToSend[] sections =
        [
            .. wishes.Select(wish => new SectionToSend(
                wish.Mid, wish.Stream, offer.KindOf(wish.Mid) == MediaKind.Audio ? Sound : video, before.FirstOrDefault(section => section.Mid == wish.Mid))),
        ];
        var local = new LocalPeer(
            new IceCredentials("A2345678", "0123456789abcdef01234567"),
            [new IceCandidate { Foundation = "1", Priority = 1, Address = "127.0.0.1", Port = 8000 }],
            Fingerprint.OfCertificate([1]),
            _random);
        return offer.Answer(sections, local, _origin, "cname");
    }
}
