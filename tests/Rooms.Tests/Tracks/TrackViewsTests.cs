using Media;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;

namespace Rooms.Tests.Tracks;

public class TrackViewsTests
{
    private static readonly TrackShape H264Packets = new(TrackForm.Packets, Codec.H264, ForBrowsers: true);

    [Fact]
    public void A_compatible_source_is_cut_into_packets_once_for_all_takers()
    {
        var room = new TestRoom();
        Publication publication = Publish(room).Publication;

        Track first = publication.Views.Find(H264Packets).Track!;
        Track second = publication.Views.Find(H264Packets).Track!;

        Assert.Same(first, second);
        Assert.Equal(TrackForm.Packets, first.Form);
    }

    [Fact]
    public void A_new_packet_track_has_the_cached_group_in_its_history()
    {
        var room = new TestRoom();
        PublicationWriter writer = Publish(room);
        room.Write(writer, TestRoom.VideoFormat, 3000);

        var track = (PacketTrack)writer.Publication.Views.Find(H264Packets).Track!;

        Assert.Equal(0, track.History.GroupStart);
        Assert.True(track.History.Next >= 2);
    }

    [Fact]
    public void An_unused_conversion_is_dropped_after_ten_seconds()
    {
        var room = new TestRoom();
        Publication publication = Publish(room).Publication;
        Track track = publication.Views.Find(H264Packets).Track!;

        room.Test.AdvanceMilliseconds(9_000);
        Assert.Null(track.Closed);
        room.Test.AdvanceMilliseconds(4_000);

        Assert.Equal(CloseReason.Unused, track.Closed);
        Assert.NotSame(track, publication.Views.Find(H264Packets).Track);
    }

    [Fact]
    public void A_taken_conversion_stays()
    {
        var room = new TestRoom();
        var track = (PacketTrack)Publish(room).Publication.Views.Find(H264Packets).Track!;
        using Subscription subscription = track.Subscribe(new CollectingPacketSink());

        room.Test.AdvanceMilliseconds(25_000);

        Assert.Null(track.Closed);
    }

    [Fact]
    public void Takers_are_told_when_the_source_is_no_longer_what_they_planned_for()
    {
        var room = new TestRoom();
        PublicationWriter writer = Publish(room);
        var sink = new CollectingPacketSink();
        ((PacketTrack)writer.Publication.Views.Find(H264Packets).Track!).Subscribe(sink);

        room.Write(writer, TestRoom.VideoFormat, 3000, presentationTime: 12_000);
        room.Write(writer, TestRoom.VideoFormat, 6000, presentationTime: 6000);

        Assert.Equal(CloseReason.FormatChanged, sink.Closed);
    }

    [Fact]
    public void Without_FFmpeg_the_reason_names_what_is_missing()
    {
        var room = new TestRoom();
        PublicationWriter writer = Publish(room);

        TrackView view = writer.Publication.Views.Find(new TrackShape(TrackForm.Packets, Codec.Vp8, ForBrowsers: true));

        Assert.Null(view.Track);
        Assert.Contains("H264", view.Reason, StringComparison.Ordinal);
        Assert.Contains("FFmpeg is missing", view.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_policy_reject_says_that_the_room_does_not_convert()
    {
        var room = new TestRoom(new RoomOptions { Video = VideoPolicy.Reject });
        PublicationWriter writer = Publish(room);

        TrackView view = writer.Publication.Views.Find(new TrackShape(TrackForm.Packets, Codec.Vp8, ForBrowsers: true));

        Assert.Contains("does not convert", view.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_policy_drop_leaves_out_B_frames_that_no_other_frame_refers_to()
    {
        var room = new TestRoom(new RoomOptions { Video = VideoPolicy.Drop });
        PublicationWriter writer = Publish(room);
        room.Write(writer, TestRoom.VideoFormat, 3000, presentationTime: 12_000);
        room.Write(writer, TestRoom.VideoFormat, 6000, presentationTime: 6000, isDiscardable: true);
        var sink = new CollectingPacketSink();
        ((PacketTrack)writer.Publication.Views.Find(H264Packets).Track!).Subscribe(sink);

        room.Write(writer, TestRoom.VideoFormat, 9000, presentationTime: 9000, isDiscardable: true);
        room.Write(writer, TestRoom.VideoFormat, 12_000, presentationTime: 21_000);

        Assert.Equal(21_000, Assert.Single(sink.Packets).Timestamp);
    }

    [Fact]
    public void The_policy_drop_refuses_where_other_frames_refer_to_B_frames()
    {
        var room = new TestRoom(new RoomOptions { Video = VideoPolicy.Drop });
        PublicationWriter writer = Publish(room);
        room.Write(writer, TestRoom.VideoFormat, 3000, presentationTime: 12_000);
        room.Write(writer, TestRoom.VideoFormat, 6000, presentationTime: 6000);

        TrackView view = writer.Publication.Views.Find(H264Packets);

        Assert.Null(view.Track);
        Assert.Contains("B-frames", view.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_a_publication_leaves_no_buffer_behind()
    {
        var room = new TestRoom();
        PublicationWriter writer = Publish(room);
        writer.Publication.Views.Find(H264Packets);
        room.Write(writer, TestRoom.VideoFormat, 3000);

        room.Registry.Close();
        room.Test.Run();

        Assert.Equal(0, room.Pool.Leased);
    }

    private static PublicationWriter Publish(TestRoom room)
    {
        PublicationWriter writer = room.PublishOrThrow();
        room.Write(writer, TestRoom.VideoFormat, 0, isKeyframe: true);
        return writer;
    }
}
