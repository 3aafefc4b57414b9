using Egress.WebRtc;
using Protocols.Dtls;
using Protocols.Rtcp;
using Rooms;
using TestKit.WebRtc;

namespace Egress.Tests.WebRtc;

public sealed class WebRtcEgressTests
{
    private const uint Shift = 20 * 90_000;

    [Fact]
    public void A_viewer_gets_the_cached_group_and_then_the_live_picture()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(1000);

        fixture.Connect(fixture.Subscribe());
        fixture.Play(1000);

        TestRtpPacket[] video = [.. fixture.Video];
        Assert.Equal(24, video[0].Payload[0] & 0x1F); // STAP-A: the parameter sets come first
        Assert.Equal(0x67, video[0].Payload[3]);
        for (int i = 1; i < video.Length; i++) Assert.Equal((ushort)(video[i - 1].SequenceNumber + 1), video[i].SequenceNumber);
        uint[] times = [.. video.Select(packet => packet.Timestamp).Distinct()];
        uint[] steps = [.. times.Zip(times.Skip(1), (a, b) => b - a)];
        Assert.Single(steps, step => step == Shift + 3000);
        Assert.All(steps, step => Assert.True(step is 3000 or Shift + 3000));
        Assert.Equal(66, times.Length); // nothing is left out: 2.2 s
    }

    [Fact]
    public void Sound_is_live_from_the_first_packet_on()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(1000);

        fixture.Connect(fixture.Subscribe());
        fixture.Play(300);

        TestRtpPacket[] audio = [.. fixture.Audio];
        Assert.InRange(audio.Length, 15, 25);
        for (int i = 1; i < audio.Length; i++) Assert.Equal(960u, audio[i].Timestamp - audio[i - 1].Timestamp);
    }

    [Fact]
    public void Sender_reports_for_both_come_at_once_and_then_each_second()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(1000);
        ViewerAnswer answer = fixture.Subscribe();

        fixture.Connect(answer);
        Assert.Equal(2, Reports(fixture).Count);
        fixture.Play(2000);

        List<SenderInfo> reports = Reports(fixture);
        Assert.Equal(6, reports.Count);
        Assert.Equal(2, reports.Select(report => report.Ssrc).Distinct().Count());
        foreach (IGrouping<uint, SenderInfo> stream in reports.GroupBy(report => report.Ssrc))
        {
            SenderInfo[] each = [.. stream];
            double clockRate = (each[2].RtpTimestamp - each[0].RtpTimestamp) / ((each[2].NtpTime - each[0].NtpTime) / 4294967296.0);
            Assert.Contains(new[] { 48_000, 90_000 }, rate => Math.Abs(rate - clockRate) < rate * 0.006);
        }
    }

    [Fact]
    public void A_lost_packet_is_sent_again_over_RTX()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(1000);
        fixture.Connect(fixture.Subscribe());
        TestRtpPacket lost = fixture.Video.ElementAt(10);

        fixture.Peer.SendNack(lost.Ssrc, lost.SequenceNumber);
        fixture.Play(50);

        TestRtpPacket again = Assert.Single(fixture.Peer.Received, packet => packet.PayloadType == TestOffer.H264Rtx);
        Assert.Equal(lost.Timestamp, again.Timestamp);
        Assert.Equal(lost.SequenceNumber, (again.Payload[0] << 8) | again.Payload[1]);
        Assert.Equal(lost.Payload.ToArray(), again.Payload[2..].ToArray());
    }

    [Fact]
    public void A_keyframe_request_brings_the_group_again()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(500);
        fixture.Connect(fixture.Subscribe(), 1000);
        int before = fixture.Video.Count();

        fixture.Peer.RequestKeyframe(fixture.Video.First().Ssrc);
        fixture.Play(300);

        // What was on its way comes first.
        TestRtpPacket again = fixture.Video.Skip(before).First(packet => (packet.Payload[0] & 0x1F) == 24);
        Assert.Equal(fixture.Video.First().Payload.ToArray(), again.Payload.ToArray());
        Assert.Equal(fixture.Video.First().Timestamp, again.Timestamp);
    }

    [Fact]
    public void A_returning_publisher_is_seen_without_a_new_session()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(500);
        fixture.Connect(fixture.Subscribe(), 500);
        TestRtpPacket last = fixture.Video.Last();
        fixture.Writer!.Close(CloseReason.Left);
        fixture.Run(3000);

        fixture.Return();
        fixture.Play(300, keyframe: true);

        TestRtpPacket next = fixture.Video.First(packet => packet.ArrivalTime > last.ArrivalTime);
        Assert.Equal((ushort)(last.SequenceNumber + 1), next.SequenceNumber);
        Assert.Equal(24, next.Payload[0] & 0x1F);
        Assert.InRange((next.Timestamp - last.Timestamp) / 90.0, 2950, 3100);
        Assert.Empty(fixture.Closed);
    }

    [Fact]
    public void Nothing_live_is_told()
    {
        using var fixture = new ViewerFixture();
        Assert.Equal(ViewerOutcome.NothingLive, fixture.Subscribe().Outcome);

        fixture.Publish(100);

        Assert.Equal(ViewerOutcome.NothingLive, fixture.Subscribe(publication: "other").Outcome);
    }

    [Fact]
    public void Without_a_common_codec_both_sides_are_named()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(100);
        string offer = TestOffer.Make(fixture.Peer, h264: false).Replace("opus/48000/2", "G722/8000", StringComparison.Ordinal);

        ViewerAnswer answer = fixture.Subscribe(offer);

        Assert.Equal(ViewerOutcome.NoCommonCodec, answer.Outcome);
        Assert.Contains("G722", answer.Detail, StringComparison.Ordinal);
        Assert.Contains("opus", answer.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Video_that_does_not_exist_gets_no_section()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(2100, video: false);

        ViewerAnswer answer = fixture.Subscribe();
        fixture.Connect(answer);

        Assert.Equal([9, 0], answer.Answer!.Media.Select(media => media.Port));
        Assert.NotEmpty(fixture.Audio);
    }

    [Fact]
    public void A_viewer_whose_codec_cannot_be_made_gets_the_sound_and_the_reason()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(500);

        ViewerAnswer answer = fixture.Subscribe(TestOffer.Make(fixture.Peer, h264: false, vp8: true));
        fixture.Connect(answer);

        Assert.Equal([9, 0], answer.Answer!.Media.Select(media => media.Port));
        Assert.NotEmpty(fixture.Audio);
        Assert.Contains("VP8", answer.Viewer!.Measure().Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_to_send_where_neither_picture_nor_sound_can_be_had()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(2100, audio: false);

        ViewerAnswer answer = fixture.Subscribe(TestOffer.Make(fixture.Peer, h264: false, vp8: true));

        Assert.Equal(ViewerOutcome.NothingToSend, answer.Outcome);
        Assert.Contains("VP8", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Sound_that_starts_later_is_heard_without_a_new_session()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(2100, audio: false);
        fixture.Connect(fixture.Subscribe());
        Assert.Empty(fixture.Audio);

        fixture.Play(1500);

        Assert.NotEmpty(fixture.Audio);
    }

    [Fact]
    public void The_answer_waits_for_the_second_medium()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(500, audio: false);
        Task<ViewerAnswer> pending = fixture.SubscribeAsync();
        fixture.Play(500, audio: false);
        Assert.False(pending.IsCompleted);

        fixture.Play(100);

        ViewerAnswer answer = fixture.Complete(pending);
        Assert.Equal(ViewerOutcome.Accepted, answer.Outcome);
        Assert.NotNull(answer.Viewer!.Measure().Audio);
    }

    [Fact]
    public void The_answer_does_not_wait_longer_than_two_seconds()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(500, audio: false);
        Task<ViewerAnswer> pending = fixture.SubscribeAsync();

        fixture.Play(1600, audio: false);

        Assert.Equal(ViewerOutcome.Accepted, fixture.Complete(pending).Outcome);
    }

    [Fact]
    public void The_end_of_the_publication_ends_its_viewers()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(500);
        fixture.Connect(fixture.Subscribe());
        fixture.Writer!.Close(CloseReason.Left);

        fixture.Run(31_000);

        Assert.Equal([CloseReason.PublisherGone], fixture.Closed);
        Assert.Equal(DtlsCloseReason.PeerClosed, fixture.Peer.Closed);
        Assert.Equal(0, fixture.Sessions);
    }

    [Fact]
    public void A_source_that_becomes_something_else_ends_a_viewer_who_cannot_have_it()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(2100, audio: false);
        fixture.Connect(fixture.Subscribe());

        fixture.Room.Write(
            fixture.Writer!, TestKit.TestRoom.VideoFormat with { Codec = Media.Codec.H265 }, 90_000 * 3, isKeyframe: true);
        fixture.Run(50);

        Assert.Equal([CloseReason.FormatChanged], fixture.Closed);
    }

    [Fact]
    public void A_closed_viewer_leaves_nothing_behind()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(500);
        WebRtcSubscriber viewer = fixture.Connect(fixture.Subscribe());

        Assert.True(fixture.Complete(fixture.Egress.CloseAsync(viewer.Id, CloseReason.Kicked)));
        Assert.False(fixture.Complete(fixture.Egress.CloseAsync(viewer.Id, CloseReason.Kicked)));
        fixture.Run(50);

        Assert.Equal([CloseReason.Kicked], fixture.Closed);
        Assert.Empty(fixture.Publication.Subscribers);
        Assert.All(fixture.Publication.Views.Derived, track => Assert.True(track is not Rooms.Tracks.PacketTrack packets || packets.TakerCount == 0));
        Assert.Equal(DtlsCloseReason.PeerClosed, fixture.Peer.Closed);
    }

    [Fact]
    public void A_viewer_that_says_goodbye_has_left()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(500);
        fixture.Connect(fixture.Subscribe());

        fixture.Peer.Close();
        fixture.Run(50);

        Assert.Equal([CloseReason.Left], fixture.Closed);
    }

    [Fact]
    public void A_silent_viewer_is_disconnected_after_8_seconds_and_closed_after_25()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(500);
        WebRtcSubscriber viewer = fixture.Connect(fixture.Subscribe());
        fixture.Peer.IsSilent = true;

        fixture.Run(7000);
        Assert.Equal("connected", viewer.Measure().State);
        fixture.Run(4000);
        Assert.Equal("disconnected", viewer.Measure().State);
        fixture.Run(17_000);

        Assert.Equal([CloseReason.TimedOut], fixture.Closed);
    }

    [Fact]
    public void A_snapshot_tells_what_a_viewer_gets()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(500);
        WebRtcSubscriber viewer = fixture.Connect(fixture.Subscribe());

        SubscriberSnapshot snapshot = viewer.Measure();

        Assert.Equal(("whep", "connected", null), (snapshot.Entrance, snapshot.State, snapshot.Remark));
        Assert.Equal(viewer.Publication.Views.Derived.Select(track => track.Id).Order(), new[] { snapshot.Video, snapshot.Audio }.Order());
        Assert.Equal(fixture.Peer.Received.Count, snapshot.PacketsSent, 5.0);
    }

    [Fact]
    public void An_ICE_restart_gives_new_credentials_and_keeps_the_media()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(500);
        WebRtcSubscriber viewer = fixture.Connect(fixture.Subscribe());
        string before = viewer.Credentials.UsernameFragment;

        Protocols.Ice.IceCredentials? fresh = fixture.Complete(fixture.Egress.RestartIceAsync(viewer.Id));
        int received = fixture.Peer.Received.Count;
        fixture.Play(200);

        Assert.NotEqual(before, fresh!.UsernameFragment);
        Assert.True(fixture.Peer.Received.Count > received);
    }

    private static List<SenderInfo> Reports(ViewerFixture fixture)
    {
        var found = new List<SenderInfo>();
        foreach (byte[] compound in fixture.Peer.ReceivedRtcp)
        {
            var reader = new RtcpReader(compound);
            while (reader.TryRead(out RtcpPacket packet))
                if (SenderReport.TryParse(packet, out SenderReport report)) found.Add(report.Info);
        }

        return found;
    }
}
