using Egress.WebRtc;
using Media;
using Media.Scheduling;
using Rooms;
using Rooms.Tracks;
using TestKit;
using TestKit.WebRtc;

namespace Egress.Tests.WebRtc;

/// <summary>Viewers that live on loop 1 of publications that live on loop 0, and whatever is heard is heard by loop 0.</summary>
public sealed class SeveralLoopsTests
{
    [Fact]
    public void A_viewer_on_another_loop_gets_the_group_and_all_that_follows()
    {
        using var fixture = new ViewerFixture(loops: 2);
        fixture.Publish(500);
        WebRtcSubscriber viewer = fixture.Connect(fixture.Subscribe());
        fixture.Play(3000);

        Assert.Same(fixture.Room.Loops[1], viewer.Loop);
        Assert.Same(fixture.Room.Loops[0], fixture.Publication.Loop);
        ParticipantFixture.AssertContinuous([.. fixture.Video]);
        ParticipantFixture.AssertContinuous([.. fixture.Audio]);
        Assert.Equal(7, fixture.Video.First().Payload[3] & 0x1F); // the group's keyframe has its parameter sets before it, in one packet
        SubscriberSnapshot shown = Assert.Single(fixture.Publication.Snapshot.Subscribers);
        Assert.Equal(("connected", 1, true), (shown.State, shown.Loop, shown.PacketsSent > 100));
        Assert.True(fixture.Tables[0].Statistics.HandedOver > 0);
    }

    [Fact]
    public void What_it_lacks_is_sent_again_from_its_own_loops_history()
    {
        using var fixture = new ViewerFixture(loops: 2);
        fixture.Publish(500);
        fixture.Connect(fixture.Subscribe());
        fixture.Play(1000);
        TestRtpPacket lost = fixture.Video.ElementAt(20);
        ((PacketTrack)VideoOf(fixture)).History.Clear();

        fixture.Peer.SendNack(lost.Ssrc, lost.SequenceNumber);
        fixture.Play(50);

        TestRtpPacket again = Assert.Single(fixture.Peer.Received, packet => packet.PayloadType == TestOffer.H264Rtx);
        Assert.Equal(lost.Payload.ToArray(), again.Payload[2..].ToArray());
    }

    [Fact]
    public void It_can_be_kicked_and_leaves_nothing_behind()
    {
        using var fixture = new ViewerFixture(loops: 2);
        fixture.Publish(500);
        WebRtcSubscriber viewer = fixture.Connect(fixture.Subscribe());
        Track video = VideoOf(fixture);
        Assert.Equal(1, video.SubscriberCount);

        Assert.Single(fixture.Publication.Subscribers).Close(CloseReason.Kicked);
        fixture.Run(20);

        Assert.Equal([CloseReason.Kicked], fixture.Closed);
        Assert.Empty(fixture.Publication.Subscribers);
        Assert.Equal((0, 0), (fixture.Sessions, fixture.Room.Registry.Loads.ViewersOn(viewer.Loop)));
        fixture.Run(new RoomOptions().KeepUnusedConversion.TotalMilliseconds);
        Assert.Equal(0, video.SubscriberCount);
    }

    [Fact]
    public void It_ends_with_its_publication()
    {
        using var fixture = new ViewerFixture(loops: 2);
        fixture.Publish(500);
        fixture.Connect(fixture.Subscribe());
        fixture.Writer!.Close(CloseReason.Left);
        fixture.Run(31_000);
        Assert.Equal([CloseReason.PublisherGone], fixture.Closed);
        Assert.Equal(0, fixture.Sessions);
    }

    [Fact]
    public void Viewers_go_where_the_fewest_are_and_stay_at_home_where_it_makes_no_difference()
    {
        var room = new TestRoom(loops: 2);
        LoopLoads loads = room.Registry.Loads;
        MediaLoop[] taken = [.. Enumerable.Range(0, 4).Select(_ => loads.Take(room.Loops[1]))];
        Assert.Equal([1, 0, 1, 0], taken.Select(loop => loop.Index));
        loads.Release(room.Loops[0]);
        Assert.Same(room.Loops[0], loads.Take(room.Loops[1]));
        Assert.Equal((2, 2), (loads.ViewersOn(room.Loops[0]), loads.ViewersOn(room.Loops[1])));
    }

    [Fact]
    public void One_participant_receives_publications_of_all_loops()
    {
        using var fixture = new ParticipantFixture(loops: 2);
        fixture.Join("alice", "bob", "carol");
        fixture.Play(1000);
        Assert.Equal(2, fixture.Room.Registry.Find("demo")!.Publications.Select(publication => publication.Loop).Distinct().Count());
        foreach (string name in (string[])["alice", "bob", "carol"])
        {
            ParticipantFixture.AssertContinuous(fixture.Received(name));
            ParticipantFixture.AssertContinuous(fixture.Received(name, "audio"));
            Assert.Equal(fixture.Session!.Loop.Index, fixture.Snapshot(name).Loop);
        }
    }

    private static Track VideoOf(ViewerFixture fixture) =>
        fixture.Publication.Views.Find(new TrackShape(TrackForm.Packets, Codec.H264, ForBrowsers: true)).Track!;
}
