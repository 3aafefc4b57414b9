using System.Net;
using System.Net.Sockets;
using Ingest.Rtp;
using Ingest.Tests.WebRtc;
using Media;
using Protocols.Rtcp;
using Protocols.Sdp;
using Rooms;
using Rooms.Tracks;

namespace Ingest.Tests.Rtp;

public sealed class RtpPublisherTests : IDisposable
{
    private readonly RtpFixture _fixture = new();
    private readonly PacketSink _sink = new();

    private PublishedPacketTrack Video => (PublishedPacketTrack)_fixture.Publication.Video!;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Packets_come_to_takers_as_they_were_sent()
    {
        (_, RtpTestSender sender) = Open();
        Play(sender, 1, 3);
        Video.Subscribe(_sink);
        Play(sender, 4, 3);
        Assert.Equal([4, 5, 6], _sink.Payloads.Select(payload => (int)payload[2]));
        Assert.Equal((Codec.Vp8, 32), (Video.Format!.Codec, Video.Format.Video!.Width));
        Assert.Equal(RtpPublisherState.Live, Publisher.State);
    }

    [Fact]
    public void Another_sender_cannot_take_the_stream()
    {
        (_, RtpTestSender sender) = Open();
        Play(sender, 1, 2);
        Video.Subscribe(_sink);
        using var thief = new RtpTestSender(Port(0), ssrc: sender.Ssrc) { Number = sender.Number, Timestamp = sender.Timestamp };
        thief.Picture(isKeyframe: true, mark: 99);
        thief.SendRaw(new byte[2000]);
        Play(sender, 3, 2);
        Assert.Equal([3, 4], _sink.Payloads.Select(payload => (int)payload[2]));
        Assert.Equal((1, 1), (Publisher.Statistics[0].Foreign, Publisher.Statistics[0].Malformed));
    }

    [Fact]
    public void A_new_ssrc_from_the_same_address_is_a_restart_that_viewers_go_on_at()
    {
        (_, RtpTestSender sender) = Open();
        Play(sender, 1, 2);
        Video.Subscribe(_sink);
        _fixture.Advance(0.5);
        (sender.Ssrc, sender.Number, sender.Timestamp) = (77, 5, 10);
        sender.Picture(isKeyframe: false, mark: 10);
        _fixture.Pump();
        Play(sender, 11, 2);
        Assert.Equal([11, 12], _sink.Payloads.Select(payload => (int)payload[2]));
        Assert.Equal([2, 3], _sink.Numbers);
        Assert.Equal(RtpPublisherState.Live, Publisher.State);
    }

    [Fact]
    public void A_flood_of_ssrcs_changes_nothing()
    {
        (_, RtpTestSender sender) = Open();
        Play(sender, 1, 2);
        Video.Subscribe(_sink);
        uint own = sender.Ssrc;
        ushort number = sender.Number;
        for (uint i = 1000; i < 1200; i++)
        {
            sender.Ssrc = i;
            sender.Picture(isKeyframe: true, mark: 99);
            if (i % 50 == 0) _fixture.Pump();
        }

        (sender.Ssrc, sender.Number) = (own, number);
        Play(sender, 3, 1);
        Assert.Equal([3], _sink.Payloads.Select(payload => (int)payload[2]));
        Assert.Equal(200, Publisher.Statistics[0].OtherSsrc);
    }

    [Fact]
    public void Silence_makes_it_go_away_and_another_address_brings_it_back()
    {
        (_, RtpTestSender sender) = Open();
        Play(sender, 1, 2);
        Video.Subscribe(_sink);
        _fixture.Advance(4.5);
        Assert.Equal(PublicationState.Live, _fixture.Publication.State);
        _fixture.Advance(1);
        Assert.Equal((PublicationState.Away, RtpPublisherState.Away), (_fixture.Publication.State, Publisher.State));
        Assert.Null(Publisher.Statistics[0].Source);

        using var again = new RtpTestSender(Port(0), ssrc: 5);
        Play(again, 21, 3);
        Assert.Equal([21, 22, 23], _sink.Payloads.Select(payload => (int)payload[2])); // not even the first is lost
        Assert.Equal(PublicationState.Live, _fixture.Publication.State);
        Assert.Null(_sink.Closed);
        Assert.Empty(_fixture.Closed);
    }

    [Fact]
    public void Who_does_not_return_loses_place_and_ports()
    {
        (_, RtpTestSender sender) = Open();
        Play(sender, 1, 2);
        _fixture.Advance(5.5);
        _fixture.Advance(31);
        Assert.Null(_fixture.Room.Registry.Find("demo", "main"));
        Assert.Equal([CloseReason.TimedOut], _fixture.Closed);
        AssertPortsAreFree();
    }

    [Fact]
    public void Who_never_sends_is_not_waited_for()
    {
        Open();
        _fixture.Advance(59);
        Assert.Empty(_fixture.Closed);
        _fixture.Advance(2);
        Assert.Equal([CloseReason.TimedOut], _fixture.Closed);
        AssertPortsAreFree();
    }

    [Fact]
    public void A_goodbye_lets_the_next_one_in_at_once()
    {
        (_, RtpTestSender sender) = Open();
        Play(sender, 1, 2);
        using (var stranger = new RtpTestSender(Port(0), ssrc: 9)) stranger.Bye(); // not its own
        _fixture.Pump();
        Assert.Equal(PublicationState.Live, _fixture.Publication.State);
        sender.Bye();
        _fixture.Pump();
        Assert.Equal(PublicationState.Away, _fixture.Publication.State);
        using var next = new RtpTestSender(Port(0), ssrc: 9);
        Play(next, 5, 2);
        Assert.Equal(PublicationState.Live, _fixture.Publication.State);
    }

    [Fact]
    public void Sound_and_picture_have_ports_of_their_own()
    {
        RtpPublishAnswer answer = _fixture.Publish(RtpFixture.Both);
        using var video = new RtpTestSender(answer.Answer!.Media[0].Port);
        using var audio = new RtpTestSender(answer.Answer.Media[1].Port, ssrc: 2, payloadType: 111);
        video.Picture(isKeyframe: true, mark: 1);
        audio.Send(0x78, 1, 2, 3);
        _fixture.Pump();
        Assert.Equal((Codec.Vp8, Codec.Opus), (_fixture.Publication.Video!.Format!.Codec, _fixture.Publication.Audio!.Format!.Codec));
        Assert.Equal("rtp", _fixture.Publication.Entrance);
    }

    [Fact]
    public void The_sender_gets_reports_and_requests_for_keyframes()
    {
        (_, RtpTestSender sender) = Open();
        sender.Picture(isKeyframe: false, mark: 1);
        sender.Report();
        _fixture.Pump();
        _fixture.Advance(1.5);
        List<RtcpPacketType> received = sender.Received();
        Assert.Contains(RtcpPacketType.PayloadFeedback, received);
        Assert.Contains(RtcpPacketType.ReceiverReport, received);
        Assert.True(Video.AnswersKeyframeRequests);
    }

    [Fact]
    public void Who_offers_no_feedback_is_not_asked_for_keyframes()
    {
        (_, RtpTestSender sender) = Open(RtpFixture.Picture.Replace("a=rtcp-fb:96 nack pli\n", "", StringComparison.Ordinal));
        sender.Picture(isKeyframe: false, mark: 1);
        sender.Report();
        _fixture.Pump();
        _fixture.Advance(1.5);
        Assert.DoesNotContain(RtcpPacketType.PayloadFeedback, sender.Received());
        Assert.False(Video.AnswersKeyframeRequests);
    }

    [Fact]
    public void The_same_party_takes_over_and_frees_the_ports_of_its_predecessor()
    {
        RtpPublishAnswer first = _fixture.Publish(RtpFixture.Picture);
        RtpPublishAnswer second = _fixture.Publish(RtpFixture.Picture);
        _fixture.Pump();
        Assert.Equal([CloseReason.Replaced], _fixture.Closed);
        Assert.NotEqual(first.Answer!.Media[0].Port, second.Answer!.Media[0].Port);
        Assert.Equal(RtpPublishOutcome.Refused, _fixture.Publish(RtpFixture.Picture, owner: "b").Outcome);
        Assert.Single(_fixture.Ingest.Publishers);
    }

    [Fact]
    public void Without_free_ports_nobody_loses_his_place()
    {
        Assert.Equal(RtpPublishOutcome.Accepted, _fixture.Publish(RtpFixture.Both).Outcome);
        Assert.Equal(RtpPublishOutcome.NoPorts, _fixture.Publish(RtpFixture.Both).Outcome);
        Assert.Empty(_fixture.Closed);
        Assert.Equal(RtpPublishOutcome.Accepted, _fixture.Publish(RtpFixture.Picture, name: "other").Outcome); // what it had is given back
    }

    [Fact]
    public void A_kick_closes_the_ports()
    {
        Open();
        Assert.True(_fixture.Room.Registry.Kick("demo", "main"));
        _fixture.Pump();
        Assert.Equal([CloseReason.Kicked], _fixture.Closed);
        AssertPortsAreFree();
    }

    private RtpPublisher Publisher => _fixture.Ingest.Publishers.Single();

    private int Port(int section) => Publisher.Statistics[section].Port;

    private (RtpPublishAnswer Answer, RtpTestSender Sender) Open(string sdp = RtpFixture.Picture)
    {
        RtpPublishAnswer answer = _fixture.Publish(sdp);
        Assert.Equal(RtpPublishOutcome.Accepted, answer.Outcome);
        return (answer, new RtpTestSender(answer.Answer!.Media[0].Port));
    }

    /// <summary>Pictures of one packet each, the first a keyframe, with ascending marks.</summary>
    private void Play(RtpTestSender sender, byte firstMark, int count)
    {
        for (int i = 0; i < count; i++)
        {
            sender.Picture(i == 0, (byte)(firstMark + i));
            _fixture.Pump();
            _fixture.Room.Test.AdvanceMilliseconds(33);
        }
    }

    private void AssertPortsAreFree()
    {
        Assert.Empty(_fixture.Ingest.Publishers);
        for (int i = 0; i < _fixture.Ports.Count; i++)
            Assert.Equal(RtpPublishOutcome.Accepted, _fixture.Publish(RtpFixture.Picture, name: $"n{i}").Outcome);
    }
}
