using System.Security.Cryptography;
using System.Text;
using Media;
using Protocols.Ice;
using Protocols.Sdp;
using Protocols.Tests.Sdp;
using TestKit;

namespace Protocols.Tests.Fuzz;

public sealed class SdpReaderFuzzTests
{
    private static IEnumerable<byte[]> Seeds => Offers.Names.Select(name => Encoding.UTF8.GetBytes(Offers.Read(name)));

    [Fact]
    public void Any_text_can_be_read_written_and_negotiated()
    {
        using var random = RandomNumberGenerator.Create();
        var local = new LocalPeer(
            new IceCredentials("A2345678", "0123456789abcdef01234567"),
            [new IceCandidate { Foundation = "1", Priority = 1, Address = "127.0.0.1", Port = 8000 }],
            Fingerprint.OfCertificate([1]),
            random);
        Fuzzer.Run(Seeds, data =>
        {
            if (!SdpReader.TryRead(Encoding.UTF8.GetString(data), out SessionDescription session, out _)) return;
            Assert.True(SdpReader.TryRead(SdpWriter.Write(session), out _, out string error), error);
            AnswerPublisher(session, ReceivableMedia.Default, local);
            AnswerPublisher(session, ReceivableMedia.Default with { KeepsSections = true, Mids = ["0", "1"], MaxVideoSections = 9 }, local);
            AnswerParticipant(session, local);
            if (!OfferAnswer.TryAnswerViewer(
                session, new SendableMedia([Codec.Opus]), new SendableMedia([Codec.H264, Codec.Vp8]), local,
                out ViewerNegotiation? negotiation, out NegotiationFailure? failure))
            {
                Assert.NotNull(failure);
                return;
            }

            Assert.True(SdpReader.TryRead(negotiation!.Answer.ToString(), out SessionDescription answer, out error), error);
            Assert.Equal(session.Media.Count, answer.Media.Count);
        }, rounds: 1000);
    }

    private static void AnswerPublisher(SessionDescription session, ReceivableMedia media, LocalPeer local)
    {
        if (!OfferAnswer.TryAnswerPublisher(
            session, media, local, out PublisherNegotiation? negotiation, out NegotiationFailure? failure))
        {
            Assert.NotNull(failure);
            return;
        }

        Assert.True(SdpReader.TryRead(negotiation!.Answer.ToString(), out SessionDescription answer, out string error), error);
        Assert.Equal(session.Media.Count, answer.Media.Count);
    }

    private static void AnswerParticipant(SessionDescription session, LocalPeer local)
    {
        if (!ReceivingOffer.TryCreate(session, out ReceivingOffer? offer, out NegotiationFailure? failure))
        {
            Assert.NotNull(failure);
            return;
        }

        SectionToSend[] sections =
        [
            .. offer!.Mids.Where(mid => offer.CanReceive(mid) && (offer.Takes(mid, Codec.Opus) || offer.Takes(mid, Codec.Vp8)))
                .Select(mid => new SectionToSend(mid, "alice", new SendableMedia([Codec.Opus, Codec.Vp8]))),
        ];
        var origin = new AnswerOrigin(local.Random);
        ReceivingAnswer first = offer.Answer(sections, local, origin, "cname");
        SectionToSend[] again = [.. sections.Zip(first.Sections, (section, sent) => section with { Before = sent })];
        ReceivingAnswer second = offer.Answer(again, local, origin, "cname");
        Assert.Equal(first.Sections.AsEnumerable(), second.Sections);
        Assert.True(SdpReader.TryRead(second.Answer.ToString(), out SessionDescription answer, out string error), error);
        Assert.Equal(session.Media.Count, answer.Media.Count);
    }

    [Fact]
    public void Any_fragment_can_be_read() => Fuzzer.Run(
        [
            .. Seeds,
            "a=group:BUNDLE 0\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\na=end-of-candidates\r\n"u8.ToArray(),
        ],
        static data => TrickleFragment.TryRead(Encoding.UTF8.GetString(data), out _, out _), rounds: 1000);
}
