using Ingest.WebRtc.Participants;
using Media;
using Protocols.Rtp;
using Protocols.Sdp;
using Rooms;
using TestKit.WebRtc;

namespace Ingest.Tests.WebRtc.Participants;

public sealed class ParticipantIngestTests : IDisposable
{
    private readonly ParticipantFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_camera_and_a_screen_are_two_publications_of_one_session()
    {
        TestParticipant anna = _fixture.Join().Publish();
        anna.ShareScreen();
        anna.Play(3, "0", "1", "2");

        Assert.All(anna.Last.Sections, section => Assert.Null(section.Refusal));
        Assert.Equal(["anna", "anna-screen"], anna.Session!.Publications.AsEnumerable());
        Assert.Equal((3, 3), (_fixture.VideoOf("anna").Statistics.Frames, _fixture.VideoOf("anna-screen").Statistics.Frames));
        Assert.NotNull(_fixture.Find("anna")!.Audio);
        Assert.Null(_fixture.Find("anna-screen")!.Audio);
        Assert.Equal("room", _fixture.Find("anna")!.Entrance);
        Assert.Equal(1, _fixture.Network.Sessions.Count);
    }

    [Fact]
    public void What_runs_goes_on_without_a_gap_while_a_screen_comes_and_goes()
    {
        TestParticipant anna = _fixture.Join().Publish();
        anna.Play(1, "0", "1");
        var sink = new PacketSink();
        _fixture.VideoOf("anna").Subscribe(sink);
        int asked = anna["1"].KeyframeRequests;
        anna.ShareScreen();
        anna.Play(5, "0", "1", "2");
        anna.StopScreen();
        anna.Play(5, "0", "1");

        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), sink.Numbers);
        Assert.Equal(asked, anna["1"].KeyframeRequests);
        Assert.Null(sink.Closed);
    }

    [Fact]
    public void A_screen_that_is_no_longer_shared_ends_at_once()
    {
        TestParticipant anna = _fixture.Join().Publish();
        anna.ShareScreen();
        anna.Play(2, "2");
        var sink = new PacketSink();
        _fixture.VideoOf("anna-screen").Subscribe(sink);
        anna.StopScreen();
        _fixture.Run(1);

        Assert.Null(_fixture.Find("anna-screen"));
        Assert.Equal(CloseReason.Left, sink.Closed);
        Assert.Equal(SdpDirection.Inactive, anna.Answer.Media[2].Direction);
        anna.ShareScreen();
        anna.Play(2, "2");
        Assert.Equal(2, _fixture.VideoOf("anna-screen").Statistics.Frames);
    }

    [Fact]
    public void A_camera_that_is_switched_off_ends_its_track_and_the_voice_goes_on()
    {
        TestParticipant anna = _fixture.Join().Publish();
        anna.Play(2, "0", "1");
        var sink = new PacketSink();
        _fixture.VideoOf("anna").Subscribe(sink);
        anna.Offer([TestParticipant.Microphone, TestParticipant.Camera with { Direction = "inactive" }], ("0", "anna"));
        anna.Play(2, "0");

        Assert.Null(_fixture.Find("anna")!.Video);
        Assert.Equal(CloseReason.Left, sink.Closed);
        Assert.Equal(4, _fixture.Find("anna")!.Audio!.Statistics.Frames);
    }

    [Fact]
    public void Sections_that_nobody_named_stay_inactive_and_can_be_used_later()
    {
        TestParticipant anna = _fixture.Join();
        anna.Offer([TestParticipant.Microphone, TestParticipant.Camera], ("0", "anna"));

        Assert.Equal([SdpDirection.ReceiveOnly, SdpDirection.Inactive], anna.Answer.Media.Select(section => section.Direction!.Value));
        Assert.All(anna.Answer.Media, section => Assert.NotEqual(0, section.Port));
        anna.Offer([TestParticipant.Microphone, TestParticipant.Camera], ("0", "anna"), ("1", "anna"));
        Assert.All(anna.Answer.Media, section => Assert.Equal(SdpDirection.ReceiveOnly, section.Direction));
    }

    [Fact]
    public void One_session_has_one_id_whose_answers_count_up()
    {
        TestParticipant anna = _fixture.Join().Publish();
        string[] first = anna.Answer.Origin.Split(' ');
        anna.ShareScreen();
        string[] second = anna.Answer.Origin.Split(' ');

        Assert.Equal((first[1], "1", "2"), (second[1], first[2], second[2]));
    }

    [Fact]
    public void A_new_fragment_is_an_ICE_restart_and_nothing_else_changes()
    {
        TestParticipant anna = _fixture.Join().Publish();
        anna.Play(1, "0", "1");
        var sink = new PacketSink();
        _fixture.VideoOf("anna").Subscribe(sink);
        (ParticipantPublisher before, string? fragment) = (anna.Session!, anna.Answer.Media[0].IceUfrag);
        RemotePeer old = RemotePeer.Parse(anna.Answer.ToString());
        anna.Peer.RestartIce("restarted", anna.Peer.Password, old);
        anna.Offer([TestParticipant.Microphone, TestParticipant.Camera], ("0", "anna"), ("1", "anna"));
        anna.Peer.RestartIce("restarted", anna.Peer.Password, RemotePeer.Parse(anna.Answer.ToString()));
        anna.Play(5, "0", "1");

        Assert.Same(before, anna.Session);
        Assert.NotEqual(fragment, anna.Answer.Media[0].IceUfrag);
        Assert.Equal([1L, 2, 3, 4, 5], sink.Numbers);
    }

    [Fact]
    public void A_first_section_of_another_name_with_a_new_fragment_is_a_new_transport()
    {
        TestParticipant anna = _fixture.Join().Publish();
        anna.Play(1, "0", "1");
        Publication publication = _fixture.Find("anna")!;
        (ParticipantPublisher before, RemotePeer old) = (anna.Session!, RemotePeer.Parse(anna.Answer.ToString()));
        anna.Peer.RestartIce("elsewhere", anna.Peer.Password, old);
        anna.Offer([TestParticipant.Camera, TestParticipant.ScreenPicture], ("1", "anna"));
        Assert.Same(before, anna.Session); // "1" was there before: a restart
        anna.Peer.RestartIce("nowhere", anna.Peer.Password, old);
        anna.Offer([new SendingSection("7", "video"), TestParticipant.Camera], ("1", "anna"));

        Assert.NotSame(before, anna.Session);
        Assert.Equal([(before, CloseReason.Replaced)], _fixture.Closed);
        Assert.Same(publication, _fixture.Find("anna"));
    }

    [Fact]
    public void A_new_peer_connection_takes_the_publications_of_the_one_before()
    {
        TestParticipant first = _fixture.Join().Publish();
        first.Play(3, "0", "1");
        Publication publication = _fixture.Find("anna")!;
        var sink = new PacketSink();
        _fixture.VideoOf("anna").Subscribe(sink);
        TestParticipant second = _fixture.Join(port: 41_000);
        second.Session = first.Session;
        second.Publish().Play(3, "0", "1");

        Assert.Same(publication, _fixture.Find("anna"));
        Assert.Equal([3L, 4, 5], sink.Numbers);
        Assert.Equal([(first.Session!, CloseReason.Replaced)], _fixture.Closed);
        Assert.NotNull(first.Peer.Closed);
        Assert.Equal(1, _fixture.Network.Sessions.Count);
    }

    [Fact]
    public void Publications_wait_for_a_participant_whose_connection_broke_off()
    {
        TestParticipant first = _fixture.Join().Publish();
        first.ShareScreen();
        first.Play(3, "0", "1", "2");
        var sink = new PacketSink();
        _fixture.VideoOf("anna").Subscribe(sink);
        first.Peer.Close();
        _fixture.Run(3000);
        Assert.Equal((PublicationState.Away, PublicationState.Away), (_fixture.Find("anna")!.State, _fixture.Find("anna-screen")!.State));

        TestParticipant second = _fixture.Join(port: 41_000);
        second.Session = first.Session;
        second.Publish().Play(3, "0", "1");

        Assert.Equal([3L, 4, 5], sink.Numbers);
        Assert.Null(_fixture.Find("anna-screen")); // is not shared any more
        Assert.Equal([(first.Session!, CloseReason.Left)], _fixture.Closed);
    }

    [Fact]
    public void A_peer_connection_whose_session_is_over_is_told_so()
    {
        TestParticipant anna = _fixture.Join().Publish();
        anna.Peer.IsSilent = true;
        _fixture.Run(26_000);
        anna.ShareScreen();

        Assert.Equal(ParticipantPublishOutcome.SessionEnded, anna.Last.Outcome);
        Assert.Equal(CloseReason.TimedOut, Assert.Single(_fixture.Closed).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_leaves_for_good_leaves_nothing_behind(bool isGoneAlready)
    {
        TestParticipant anna = _fixture.Join().Publish();
        anna.ShareScreen();
        anna.Play(2, "0", "1", "2");
        if (isGoneAlready) anna.Peer.Close();
        _fixture.Run(100);
        Task closing = anna.Session!.CloseAsync(CloseReason.Left);
        _fixture.Run(1);

        Assert.True(closing.IsCompletedSuccessfully);
        Assert.Null(_fixture.Room.Registry.Find("demo"));
        Assert.Equal(0, _fixture.Network.Sessions.Count);
        Assert.Single(_fixture.Closed);
    }

    [Fact]
    public void A_kick_ends_one_publication_until_the_participant_has_given_it_up()
    {
        TestParticipant anna = _fixture.Join().Publish();
        anna.ShareScreen();
        anna.Play(2, "0", "1", "2");
        _fixture.Room.Registry.Kick("demo", "anna-screen");
        anna.Play(2, "0", "1", "2");

        Assert.Null(_fixture.Find("anna-screen"));
        Assert.Equal(4, _fixture.VideoOf("anna").Statistics.Frames);
        Assert.Empty(_fixture.Closed);
        anna.ShareScreen();
        Assert.Contains("administrator", anna.Last.Sections[2].Refusal, StringComparison.Ordinal);
        Assert.Null(_fixture.Find("anna-screen"));
        anna.StopScreen();
        anna.ShareScreen();
        Assert.NotNull(_fixture.Find("anna-screen"));
    }

    [Fact]
    public void An_offer_of_no_use_changes_nothing()
    {
        TestParticipant anna = _fixture.Join().Publish();
        ParticipantPublishAnswer answer = _fixture.Answer(
            anna.Session, "owner of anna", "v=0\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n", ("0", "anna"));
        anna.Play(2, "0", "1");

        Assert.Equal((ParticipantPublishOutcome.BadOffer, anna.Session), (answer.Outcome, answer.Session));
        Assert.Contains("rtcp-mux", answer.Detail, StringComparison.Ordinal);
        Assert.Equal(2, _fixture.VideoOf("anna").Statistics.Frames);
    }

    [Fact]
    public void Names_of_others_more_tracks_than_allowed_and_unknown_codecs_are_refused_one_by_one()
    {
        _fixture.Join(port: 41_000, id: "ben").Publish();
        TestParticipant anna = _fixture.Join();
        SendingSection[] sections =
        [
            TestParticipant.Microphone, TestParticipant.Camera, new("2", "video"), new("3", "video", Codec: "H263"), new("4", "video"), new("5", "video"), new("6", "video"),
        ];
        anna.Offer(
            sections, ("0", "anna"), ("1", "ben"), ("2", "anna"), ("4", "anna"), ("3", "x"), ("5", "y"), ("6", "z"), ("9", "anna"));

        Assert.Equal(ParticipantPublishOutcome.Accepted, anna.Last.Outcome);
        string?[] refusals = [.. anna.Last.Sections.Select(section => section.Refusal)];
        Assert.Null(refusals[0]);
        Assert.Contains("somebody else", refusals[1], StringComparison.Ordinal);
        Assert.Null(refusals[2]);
        Assert.Contains("already", refusals[3], StringComparison.Ordinal);
        Assert.Contains("H263", refusals[4], StringComparison.Ordinal);
        Assert.Contains("4 tracks", refusals[5], StringComparison.Ordinal);
        Assert.Contains("no such section", refusals[7], StringComparison.Ordinal);
        Assert.NotNull(_fixture.Find("anna"));
        Assert.Null(_fixture.Find("x"));
        Assert.Equal("owner of ben", _fixture.Find("ben")!.Owner);
    }

    [Fact]
    public void Audio_levels_are_told_with_the_publication_that_is_heard()
    {
        TestParticipant anna = _fixture.Join().Publish();
        anna["0"].Level = 0x80 | 30;
        anna.Play(2, "0");

        Assert.Equal([("anna", new AudioLevel(30, IsVoice: true)), ("anna", new AudioLevel(30, IsVoice: true))], _fixture.Levels);
    }

    [Fact]
    public void A_participant_may_send_nothing_and_begin_later()
    {
        TestParticipant anna = _fixture.Join();
        anna.Offer([TestParticipant.Microphone with { Direction = "inactive" }]);
        _fixture.Network.Connect(anna.Peer, 40_000, anna.Answer.ToString());
        Assert.Null(_fixture.Room.Registry.Find("demo"));
        anna.Offer([TestParticipant.Microphone], ("0", "anna"));
        anna.Play(2, "0");

        Assert.Equal(Codec.Opus, _fixture.Find("anna")!.Audio!.Format!.Codec);
    }
}
