using System.Buffers.Binary;
using System.Text;
using Ingest.WebRtc.Participants;
using Media.Rtp;
using Protocols.Rtcp;
using Protocols.Sdp;
using TestKit.WebRtc;

namespace Ingest.Tests.WebRtc.Participants;

/// <summary>Whatever Anna sends, Ben and those who see him notice nothing. Faults on the loop fail each of these tests.</summary>
public sealed class LyingParticipantTests : IDisposable
{
    private const int AnnasPort = 40_000;
    private const int BensPort = 41_000;

    private readonly ParticipantFixture _fixture = new();
    private readonly Random _random = new(1);
    private readonly List<byte[]> _annasDatagrams = [];
    private readonly List<byte[]> _bensDatagrams = [];
    private readonly PacketSink _seenOfBen = new();
    private readonly PacketSink _seenOfAnna = new();
    private readonly TestParticipant _anna;
    private readonly TestParticipant _ben;

    public LyingParticipantTests()
    {
        _fixture.Network.Network.Lose = (from, datagram) =>
        {
            if (from.Port == AnnasPort) _annasDatagrams.Add(datagram.ToArray());
            if (from.Port == BensPort) _bensDatagrams.Add(datagram.ToArray());
            return false;
        };
        _ben = _fixture.Join(BensPort, "ben").Publish();
        _anna = _fixture.Join(AnnasPort).Publish();
        _ben.Play(1, "0", "1");
        _anna.Play(1, "0", "1");
        _fixture.VideoOf("ben").Subscribe(_seenOfBen);
        _fixture.VideoOf("anna").Subscribe(_seenOfAnna);
    }

    public void Dispose()
    {
        int before = _seenOfBen.Numbers.Count;
        long next = before == 0 ? 1 : _seenOfBen.Numbers[^1] + 1;
        _ben.Play(5, "0", "1");
        Assert.Equal([next, next + 1, next + 2, next + 3, next + 4], _seenOfBen.Numbers.Skip(before));
        Assert.DoesNotContain(_fixture.Closed, closed => closed.Publisher == _ben.Session);
        Assert.Null(_seenOfBen.Closed);
        _fixture.Dispose();
    }

    [Fact]
    public void Payload_types_that_were_not_agreed_on_go_nowhere_and_leave_no_hole()
    {
        for (int type = 0; type < 128; type++)
        {
            // With these the packet is taken for RTCP (RFC 5761 §4), and lost on the way.
            if (type is WhipOffer.VideoType or WhipOffer.VideoType + 1 or (>= 64 and < 96)) continue;
            Sender(_anna["1"].Ssrc, type, "1").SendAs(_anna["1"].Number++, TestSender.Vp8(type, isKeyframe: true));
            _fixture.Run(1);
        }

        _fixture.Run(20);
        Assert.Empty(_seenOfAnna.Numbers);
        _anna.Play(3, "0", "1");
        Assert.Equal([1L, 2, 3], _seenOfAnna.Numbers);
    }

    [Fact]
    public void Numbers_that_jump_about_cost_a_bounded_number_of_requests()
    {
        int before = _anna.Peer.ReceivedRtcp.Count;
        for (int i = 0; i < 500; i++)
        {
            _anna["1"].Number = (ushort)_random.Next(65536);
            _anna["1"].Timestamp = (uint)_random.NextInt64(1L << 32);
            _anna["1"].Send(TestSender.Vp8(i, isKeyframe: i % 3 == 0));
            _fixture.Run(2);
        }

        Assert.Equal(_seenOfAnna.Numbers.Distinct(), _seenOfAnna.Numbers);
        Assert.InRange(_anna.Peer.ReceivedRtcp.Count - before, 0, 500);
        Assert.InRange(_anna.Peer.ReceivedRtcp.Skip(before).Sum(compound => compound.Length), 0, 60_000);
        Assert.Empty(_fixture.Closed);
    }

    [Fact]
    public void Thousands_of_sources_are_bounded_and_the_true_one_is_heard_again()
    {
        for (uint i = 0; i < 3000; i++)
        {
            Sender(0x5000 + (i * 77), WhipOffer.VideoType, i % 2 == 0 ? "1" : "7").Send(TestSender.Vp8((int)i, isKeyframe: true));
            if (i % 10 == 0) _fixture.Run(1);
        }

        _fixture.Run(3000);
        int before = _seenOfAnna.Numbers.Count;
        _anna.Play(3, "0", "1");
        Assert.Equal(before + 3, _seenOfAnna.Numbers.Count);
        Assert.Empty(_fixture.Closed);
    }

    [Fact]
    public void The_source_of_another_participant_is_only_a_number_in_ones_own_session()
    {
        int seen = _seenOfBen.Numbers.Count;
        TestSender forged = Sender(_ben["1"].Ssrc, WhipOffer.VideoType, "1");
        forged.Send(TestSender.Vp8(1, isKeyframe: true));
        forged.Report(_fixture.Room.Test.Clock.UtcNow);
        _anna.Peer.SendRtcp(Bye(_ben["1"].Ssrc));
        _fixture.Run(30);

        Assert.Equal(seen, _seenOfBen.Numbers.Count);
        Assert.NotNull(_fixture.VideoOf("ben").Current);
    }

    [Fact]
    public void What_is_replayed_from_anywhere_is_not_heard()
    {
        _anna.Play(5, "0", "1");
        _ben.Play(5, "0", "1");
        (int ofAnna, int ofBen) = (_seenOfAnna.Numbers.Count, _seenOfBen.Numbers.Count);
        foreach (byte[] datagram in _bensDatagrams.Concat(_annasDatagrams).ToArray())
            foreach (int port in (int[])[AnnasPort, BensPort, 50_000])
                if (!IsHandshake(datagram)) _fixture.Network.Inject(port, datagram);
        _fixture.Run(30);

        Assert.Equal((ofAnna, ofBen), (_seenOfAnna.Numbers.Count, _seenOfBen.Numbers.Count));
        Assert.Empty(_fixture.Closed);
    }

    [Fact]
    public void Reports_and_goodbyes_of_another_session_are_not_heard()
    {
        int before = _annasDatagrams.Count;
        _anna.Peer.SendRtcp(Bye(_anna["1"].Ssrc));
        byte[] goodbye = _annasDatagrams[before];
        _fixture.Run(30);
        _anna.Play(2, "0", "1");
        int seen = _seenOfAnna.Numbers.Count;
        _fixture.Network.Inject(BensPort, goodbye);
        _fixture.Network.Inject(AnnasPort, goodbye);
        _anna.Peer.SendRtcp(Bye(_ben["0"].Ssrc));
        _fixture.Run(30);
        _anna.Play(2, "0", "1");

        Assert.Equal(seen + 2, _seenOfAnna.Numbers.Count);
        Assert.NotNull(_fixture.VideoOf("ben").Current);
    }

    [Fact]
    public void An_offer_with_anothers_certificate_costs_ones_own_session()
    {
        string stolen = SendingOffer.Create(_anna.Peer, TestParticipant.Microphone, TestParticipant.Camera)
            .Replace(_anna.Peer.Fingerprint.ToString(), _ben.Peer.Fingerprint.ToString(), StringComparison.Ordinal);
        ParticipantPublishAnswer answer = _fixture.Answer(_anna.Session, "owner of anna", stolen, ("0", "anna"), ("1", "anna"));
        _fixture.Run(26_000);

        Assert.Equal(ParticipantPublishOutcome.Accepted, answer.Outcome);
        Assert.All(_fixture.Closed, closed => Assert.NotEqual(_ben.Session, closed.Publisher));
        Assert.Equal(2, _fixture.Closed.Count); // replaced, and never connected
    }

    [Fact]
    public void An_offer_of_a_thousand_sections_is_too_long_to_be_read_and_harmless_where_it_is_allowed()
    {
        SendingSection[] sections = [TestParticipant.Microphone, TestParticipant.Camera, .. Enumerable.Range(2, 998).Select(mid => new SendingSection($"{mid}", "video"))];
        string offer = SendingOffer.Create(_anna.Peer, sections);
        Assert.False(SdpReader.TryRead(offer, out _, out string error));
        Assert.NotEmpty(error);
        Assert.True(SdpReader.TryRead(offer, new SdpLimits(int.MaxValue, 2000), out SessionDescription session, out error), error);
        ParticipantPublishAnswer answer = _fixture.Network.Wait(_fixture.Ingest.AnswerAsync(new ParticipantPublishOffer(
            "demo", "owner of anna", _anna.Session, session, [.. sections.Select(section => new SectionSource(section.Mid, $"anna-{section.Mid}"))], null)));

        Assert.Equal(ParticipantPublishOutcome.Accepted, answer.Outcome);
        Assert.Equal(4, answer.Sections.Count(section => section.Refusal is null));
        Assert.Equal(1000, answer.Answer!.Media.Count);
        Assert.Equal(5, _fixture.Room.Registry.Find("demo")!.Publications.Length); // four of hers, one of his
    }

    [Fact]
    public void Offers_that_were_tampered_with_are_answered_or_refused()
    {
        byte[] good = Encoding.UTF8.GetBytes(SendingOffer.Create(_anna.Peer, TestParticipant.Microphone, TestParticipant.Camera, TestParticipant.ScreenPicture));
        for (int i = 0; i < 300; i++)
        {
            byte[] bad = [.. good];
            for (int j = 0; j <= i % 5; j++) bad[_random.Next(bad.Length)] = (byte)_random.Next(32, 127);
            string offer = Encoding.UTF8.GetString(bad);
            if (!SdpReader.TryRead(offer, out _, out _)) continue;
            ParticipantPublishAnswer answer = _fixture.Answer(_anna.Session, "owner of anna", offer, ("0", "anna"), ("1", "anna"), ("2", "anna-screen"));
            if (answer.Outcome == ParticipantPublishOutcome.Accepted) _anna.Session = answer.Session;
            else Assert.NotNull(answer.Detail);
        }

        _fixture.Run(26_000); // sessions with a false certificate end by themselves
    }

    [Fact]
    public void Authentic_nonsense_is_survived()
    {
        for (int i = 0; i < 3000; i++)
        {
            byte[] packet = new byte[_random.Next(12, 300)];
            _random.NextBytes(packet);
            packet[0] = (byte)(0x80 | (packet[0] & 0x3f));
            if (i % 3 != 0) new RtpHeader { PayloadType = (byte)(96 + (i % 2)), SequenceNumber = (ushort)_random.Next(65536), Timestamp = (uint)i, Ssrc = _anna["1"].Ssrc }.Write(packet);
            if (i % 7 == 0) BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _anna["0"].Ssrc);
            _anna.Peer.SendRtp(packet);
            byte[] report = new byte[4 * _random.Next(2, 40)];
            _random.NextBytes(report);
            (report[0], report[1]) = ((byte)(0x80 | (report[0] & 0x1f)), (byte)_random.Next(200, 208));
            BinaryPrimitives.WriteUInt16BigEndian(report.AsSpan(2), (ushort)((report.Length / 4) - 1));
            _anna.Peer.SendRtcp(report);
            if (i % 10 == 0) _fixture.Run(1);
        }

        _fixture.Run(50);
        Assert.Equal(_seenOfAnna.Numbers.Distinct(), _seenOfAnna.Numbers);
    }

    /// <summary>STUN and DTLS, which peers may send again.</summary>
    private static bool IsHandshake(byte[] datagram) => datagram[0] < 64;

    private static byte[] Bye(uint ssrc)
    {
        var writer = new RtcpWriter(new byte[32]);
        writer.WriteBye(ssrc);
        return writer.Written.ToArray();
    }

    private TestSender Sender(uint ssrc, int payloadType, string mid) => new(_anna.Peer, ssrc, payloadType, mid, 90_000);
}
