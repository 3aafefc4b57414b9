using Egress.WebRtc.Participants;
using Media;
using Rooms;
using TestKit;
using TestKit.WebRtc;

namespace Egress.Tests.WebRtc;

/// <summary>What becomes of a participant's sections when their sources pause, change, end and return.</summary>
public sealed class ParticipantSourceTests : IDisposable
{
    private static readonly TrackFormat s_h264 = new() { Codec = Codec.H264, ClockRate = 90_000 };
    private static readonly TrackFormat s_pcmu = new() { Codec = Codec.Pcmu, ClockRate = 8000, Channels = 1 };

    private readonly ParticipantFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Video_that_is_not_shown_pauses_and_goes_on_at_a_keyframe_that_is_asked_for_at_once()
    {
        Join("alice", "bob");
        _fixture.Play(400);

        Show("alice");
        int bob = Received("bob").Length;
        int sound = _fixture.Received("bob", "audio").Length;
        _fixture.Play(1000);
        Assert.InRange(Received("bob").Length - bob, 0, 2); // on their way
        Assert.InRange(_fixture.Received("bob", "audio").Length - sound, 48, 52);
        bob = Received("bob").Length;
        TestEncoding source = _fixture.Publisher("bob").Picture!;
        int asked = source.Requests.Count;
        Show("alice", "bob");

        Assert.Equal(asked + 1, source.Requests.Count);
        _fixture.Play(500);
        TestRtpPacket[] packets = Received("bob");
        ParticipantFixture.AssertContinuous(packets);
        Assert.True(ParticipantFixture.StartsKeyframe(packets[bob]));
        Assert.InRange((packets[bob].Timestamp - packets[bob - 1].Timestamp) / 90.0, 950, 1150); // time went on
        Assert.InRange(packets.Length - bob, 20, 26);
        ParticipantFixture.AssertContinuous(Received("alice"));
        Assert.Single(Received("alice"), ParticipantFixture.StartsKeyframe);
    }

    [Fact]
    public void Video_that_was_hidden_for_a_moment_need_not_wait_for_an_old_request()
    {
        Join("alice");
        Show();
        _fixture.Play(100);
        int before = Received("alice").Length;

        Show("alice");
        _fixture.Play(600); // a publisher is asked twice a second

        Assert.True(Received("alice").Length > before);
        Assert.True(ParticipantFixture.StartsKeyframe(Received("alice")[before]));
    }

    [Fact]
    public void A_wish_for_video_that_is_not_shown_is_granted_and_waits()
    {
        Join("alice");
        Show("alice");
        _fixture.Publish("bob");
        _fixture.Play(200);
        _fixture.Wish("bob");
        Assert.All(_fixture.Offer().Sections, section => Assert.Null(section.Refusal));
        _fixture.Play(500);
        Assert.Empty(Received("bob"));
        Assert.NotEmpty(_fixture.Received("bob", "audio"));

        _fixture.Complete(_fixture.Session!.ShowVideosAsync(null));
        _fixture.Play(300);

        Assert.True(ParticipantFixture.StartsKeyframe(Received("bob")[0]));
    }

    [Fact]
    public void Video_that_appears_later_is_asked_for_by_another_offer()
    {
        PublishingParticipant alice = _fixture.Publish("alice", video: false);
        _fixture.Wish("alice");
        _fixture.Play(200);
        ParticipantAnswer first = _fixture.Offer();
        _fixture.Connect();
        _fixture.Play(200);
        Assert.Equal([null, WishRefusal.NoVideo], first.Sections.Select(section => section.Refusal));

        alice.StartVideo();
        _fixture.Play(100);
        ParticipantAnswer second = _fixture.Offer();
        _fixture.Play(500);

        Assert.All(second.Sections, section => Assert.Null(section.Refusal));
        Assert.True(ParticipantFixture.StartsKeyframe(Received("alice")[0]));
        ParticipantFixture.AssertContinuous(_fixture.Received("alice", "audio"));
        Assert.Equal("video", _fixture.Snapshot("alice").Video);
    }

    [Fact]
    public void A_publication_that_ends_falls_silent_and_goes_on_by_itself_when_it_returns()
    {
        Join("alice", "bob");
        _fixture.Play(500);
        TestRtpPacket last = Received("bob")[^1], lastSound = _fixture.Received("bob", "audio")[^1];

        _fixture.Publisher("bob").End();
        _fixture.Play(2000);
        _fixture.Publisher("bob").Return();
        _fixture.Play(1000);

        TestRtpPacket[] video = Received("bob");
        ParticipantFixture.AssertContinuous(video);
        TestRtpPacket next = video.First(packet => packet.ArrivalTime > last.ArrivalTime + TimeSpan.TicksPerSecond);
        Assert.True(ParticipantFixture.StartsKeyframe(next));
        AssertTimeWentOn(last, next, 90_000);
        TestRtpPacket[] sound = _fixture.Received("bob", "audio");
        ParticipantFixture.AssertContinuous(sound);
        AssertTimeWentOn(lastSound, sound.First(packet => packet.ArrivalTime > last.ArrivalTime + TimeSpan.TicksPerSecond), 48_000);
        Assert.InRange(video.Count(packet => packet.ArrivalTime >= next.ArrivalTime), 30, 50);
        ParticipantFixture.AssertContinuous(Received("alice"));
        Assert.Empty(_fixture.Closed);
        Assert.Equal("connected", _fixture.Snapshot("bob").State);
    }

    [Fact]
    public void Sections_of_a_publication_that_has_ended_stand_until_an_offer_leaves_them_out()
    {
        Join("alice", "bob");
        _fixture.Publisher("bob").End();

        Assert.All(_fixture.Offer().Sections, section => Assert.Null(section.Refusal));
        _fixture.Unwish("bob");
        _fixture.Offer();
        _fixture.Wish("bob");

        Assert.Equal([WishRefusal.UnknownPublication, WishRefusal.UnknownPublication], _fixture.Offer().Sections[2..].Select(section => section.Refusal));
    }

    [Fact]
    public void A_kick_takes_away_one_publication_until_no_section_of_it_is_wanted_any_more()
    {
        Join("alice", "bob");
        _fixture.Play(300);
        Subscriber bob = Assert.Single(_fixture.Room.Registry.Find("demo", "bob")!.Subscribers);
        _fixture.Complete(_fixture.Room.Test.Loop.InvokeAsync(() => bob.Close(CloseReason.Kicked)));
        int count = Received("bob").Length;
        _fixture.Play(500);
        Assert.InRange(Received("bob").Length - count, 0, 2);
        Assert.Empty(_fixture.Room.Registry.Find("demo", "bob")!.Subscribers);
        Assert.Equal([null, null, WishRefusal.Kicked, WishRefusal.Kicked], _fixture.Offer().Sections.Select(section => section.Refusal));
        ParticipantFixture.AssertContinuous(Received("alice"));

        _fixture.Unwish("bob");
        _fixture.Offer();
        _fixture.Wish("bob");
        _fixture.Offer();
        _fixture.Play(500);

        Assert.NotEmpty(Received("bob"));
        Assert.Single(_fixture.Room.Registry.Find("demo", "bob")!.Subscribers);
        Assert.Empty(_fixture.Closed);
    }

    [Fact]
    public void A_source_that_changes_its_codec_goes_on_with_the_payload_type_of_the_new_one()
    {
        Join("alice");
        _fixture.Play(300);
        uint ssrc = Received("alice")[^1].Ssrc;
        _fixture.Publisher("alice").Picture!.Encoding.Remove();
        _fixture.Publisher("alice").StopVideo();
        var source = new TestEncoding(_fixture.Room, _fixture.Publisher("alice").Writer, format: s_h264);
        for (int i = 0; i < 10; i++)
        {
            source.Write(source.Number++, [(byte)(i % 5 == 0 ? 0x65 : 0x41), 0x88, 0x84, (byte)i]);
            source.NextFrame();
            _fixture.Play(33);
        }

        TestRtpPacket[] packets = Received("alice");
        ParticipantFixture.AssertContinuous(packets);
        TestRtpPacket[] after = [.. packets.SkipWhile(packet => packet.PayloadType == ParticipantOfferText.Vp8)];
        Assert.InRange(after.Length, 5, 10);
        Assert.All(after, packet => Assert.Equal(ParticipantOfferText.H264, packet.PayloadType));
        Assert.Equal(0x65, after[0].Payload[0]);

        _fixture.Peer.SendNack(ssrc, after[^1].SequenceNumber);
        _fixture.Play(40);
        Assert.Equal(after[^1].Payload.ToArray(), Assert.Single(_fixture.Peer.Received, packet => packet.PayloadType == ParticipantOfferText.H264Rtx).Payload[2..].ToArray());
    }

    [Fact]
    public void Sound_of_another_clock_rate_goes_on_in_the_numbers_and_time_of_the_section()
    {
        Join("alice");
        _fixture.Play(300);
        TestRtpPacket last = _fixture.Received("alice", "audio")[^1];
        _fixture.Publisher("alice").ChangeSound(s_pcmu);
        _fixture.Play(2000);

        TestRtpPacket[] packets = _fixture.Received("alice", "audio");
        ParticipantFixture.AssertContinuous(packets);
        TestRtpPacket[] after = [.. packets.Where(packet => packet.PayloadType == 0)];
        Assert.InRange(after.Length, 30, 100);
        Assert.InRange(after[0].Timestamp - last.Timestamp, 1u, 20_000u);
        for (int i = 1; i < after.Length; i++) Assert.Equal(160u, after[i].Timestamp - after[i - 1].Timestamp);
    }

    [Fact]
    public void What_cannot_be_granted_is_told_section_by_section()
    {
        _fixture.Takes = [Codec.H264];
        _fixture.Publish("alice");
        _fixture.Play(100);
        _fixture.Wish("alice");
        _fixture.Wish("nobody", video: false);
        _fixture.Wish("alice", video: false);

        ParticipantAnswer answer = _fixture.Offer();

        Assert.Equal(ParticipantOutcome.Accepted, answer.Outcome);
        Assert.Equal(
            [null, WishRefusal.NoCommonCodec, WishRefusal.UnknownPublication, WishRefusal.Duplicate],
            answer.Sections.Select(section => section.Refusal));
        Assert.Equal([MediaKind.Audio, MediaKind.Video, MediaKind.Audio, MediaKind.Audio], answer.Sections.Select(section => section.Kind));
        Assert.Contains("the source is VP8", answer.Sections[1].Detail, StringComparison.Ordinal);
        ParticipantAnswer inactive = _fixture.Offer(_fixture.OfferText().Replace("a=recvonly", "a=inactive", StringComparison.Ordinal));
        Assert.All(inactive.Sections, section => Assert.Equal(WishRefusal.NotReceiving, section.Refusal));
    }

    private static void AssertTimeWentOn(TestRtpPacket before, TestRtpPacket after, int clockRate)
    {
        double elapsed = TimeSpan.FromTicks(after.ArrivalTime - before.ArrivalTime).TotalMilliseconds;
        Assert.Equal(elapsed, (after.Timestamp - before.Timestamp) * 1000.0 / clockRate, tolerance: 50);
    }

    private void Join(params string[] names) => _fixture.Join(names);

    private TestRtpPacket[] Received(string name) => _fixture.Received(name);

    private void Show(params string[] names) => _fixture.Complete(_fixture.Session!.ShowVideosAsync([.. names]));
}
