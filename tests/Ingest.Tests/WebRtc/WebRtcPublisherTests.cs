using Ingest.WebRtc;
using Media;
using Media.Rtp;
using Rooms;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;
using TestKit.WebRtc;

namespace Ingest.Tests.WebRtc;

public sealed class WebRtcPublisherTests : IDisposable
{
    private readonly PublisherFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Packets_come_to_the_room_bit_by_bit()
    {
        TestPublisherPeer encoder = _fixture.Connect();
        var sink = new PacketSink();
        encoder.Play(1, keyframe: true);
        _fixture.Video.Subscribe(sink);
        encoder.Play(20);

        Assert.Equal(encoder.Video.Sent.Skip(1), sink.Payloads);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), sink.Numbers);
        Assert.Equal((Codec.Vp8, 640, 360), (_fixture.Video.Format!.Codec, _fixture.Video.Format.Video!.Width, _fixture.Video.Format.Video.Height));
        Assert.Equal(Codec.Opus, _fixture.Publication.Audio!.Format!.Codec);
        Assert.Equal("whip", _fixture.Publication.Entrance);
    }

    [Fact]
    public void Padding_leaves_no_hole()
    {
        TestPublisherPeer encoder = _fixture.Connect();
        encoder.Play(1, keyframe: true);
        var sink = new PacketSink();
        _fixture.Video.Subscribe(sink);
        for (int i = 0; i < 3; i++) encoder.Video.SendAs(encoder.Video.Number++, []);
        encoder.Play(2);

        Assert.Equal([1L, 2L], sink.Numbers);
    }

    [Fact]
    public void A_keyframe_request_of_a_taker_reaches_the_encoder()
    {
        TestPublisherPeer encoder = _fixture.Connect();
        encoder.Play(10, keyframe: true);
        int before = encoder.Video.KeyframeRequests;
        _fixture.Video.RequestKeyframe();
        encoder.Play(2);

        Assert.Equal(before + 1, encoder.Video.KeyframeRequests);
    }

    [Fact]
    public void Sender_reports_bring_sound_and_picture_together()
    {
        TestPublisherPeer encoder = _fixture.Connect();
        DateTimeOffset clock = _fixture.Room.Test.Clock.UtcNow;
        encoder.Play(1, keyframe: true);
        for (int i = 0; i < 10; i++)
        {
            // The picture was taken 200 ms before the sound that is sent with it.
            clock = _fixture.Room.Test.Clock.UtcNow;
            encoder.Audio.Report(clock);
            encoder.Video.Report(clock.AddMilliseconds(-200));
            encoder.Play(25);
        }

        long picture = Timeline.ToTicks(Newest(_fixture.Publication.Video!).Timestamp, 90_000);
        long sound = Timeline.ToTicks(Newest(_fixture.Publication.Audio!).Timestamp, 48_000);
        Assert.Equal(-50, (picture - sound) / (double)TimeSpan.TicksPerMillisecond, 6.0);
    }

    [Theory]
    [InlineData(false, CloseReason.Left)]
    [InlineData(true, CloseReason.TimedOut)]
    public void Viewers_wait_for_an_encoder_that_said_goodbye_or_fell_silent(bool silent, CloseReason reason)
    {
        TestPublisherPeer encoder = _fixture.Connect();
        encoder.Play(2, keyframe: true);
        if (silent) encoder.Peer.IsSilent = true;
        else encoder.Peer.Close();
        _fixture.Run(silent ? 26_000 : 100);

        Assert.Equal([reason], _fixture.Closed);
        Assert.Equal(PublicationState.Away, _fixture.Publication.State);
        Assert.Equal(0, _fixture.Sessions.Count);
        _fixture.Run(32_000);
        Assert.Null(_fixture.Room.Registry.Find("demo"));
    }

    [Fact]
    public void An_encoder_that_returns_takes_its_takers_back()
    {
        TestPublisherPeer first = _fixture.Connect();
        first.Play(10, keyframe: true);
        Publication publication = _fixture.Publication;
        var sink = new PacketSink();
        _fixture.Video.Subscribe(sink);
        first.Peer.Close();
        _fixture.Run(2000);
        TestPublisherPeer second = _fixture.Connect(port: 41_000);
        second.Play(3, keyframe: true);

        Assert.Same(publication, _fixture.Publication);
        Assert.Equal([10L, 11, 12], sink.Numbers);
        Assert.Null(sink.Closed);
    }

    [Fact]
    public void Another_encoder_of_the_same_party_takes_over()
    {
        TestPublisherPeer first = _fixture.Connect();
        first.Play(2, keyframe: true);
        TestPublisherPeer second = _fixture.Connect(port: 41_000);
        second.Play(2, keyframe: true);

        Assert.Equal([CloseReason.Replaced], _fixture.Closed);
        Assert.NotNull(first.Peer.Closed);
        Assert.Equal(PublicationState.Live, _fixture.Publication.State);
    }

    [Fact]
    public void A_name_of_another_party_or_entrance_is_refused_and_its_publisher_stays()
    {
        TestPublisherPeer encoder = _fixture.Connect();
        using var other = new WebRtcTestPeer();

        PublisherAnswer answer = _fixture.Publish(WhipOffer.Create(other), owner: "b");

        Assert.Equal((PublisherOutcome.Refused, PublishRefusal.NameTaken), (answer.Outcome, answer.Refusal));
        Assert.Empty(_fixture.Closed);
        Assert.NotNull(_fixture.Ingest.Find(encoder.Publisher.Id));
    }

    [Fact]
    public void An_offer_of_no_use_does_not_cost_the_place_of_who_is_there()
    {
        _fixture.Connect();
        using var other = new WebRtcTestPeer();

        PublisherAnswer answer = _fixture.Publish(WhipOffer.Create(other, "H263", audio: false));

        Assert.Equal(PublisherOutcome.NoCommonCodec, answer.Outcome);
        Assert.Contains("H263", answer.Detail, StringComparison.Ordinal);
        Assert.Empty(_fixture.Closed);
    }

    [Fact]
    public void A_publisher_that_is_kicked_is_told_and_its_publication_ends()
    {
        TestPublisherPeer encoder = _fixture.Connect();
        encoder.Play(2, keyframe: true);
        _fixture.Room.Registry.Kick("demo", "main");
        _fixture.Run(100);

        Assert.Equal([CloseReason.Kicked], _fixture.Closed);
        Assert.NotNull(encoder.Peer.Closed);
        Assert.Null(_fixture.Room.Registry.Find("demo"));
    }

    private static RtpPacket Newest(Track track)
    {
        PacketHistory history = ((PacketTrack)track).History;
        Assert.True(history.TryGet(history.Next - 1, out RtpPacket packet));
        return packet;
    }
}
