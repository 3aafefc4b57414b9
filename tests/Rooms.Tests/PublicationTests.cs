using Media;
using Media.Scheduling;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;

namespace Rooms.Tests;

public class PublicationTests
{
    private readonly TestRoom _room = new();

    [Fact]
    public void A_viewer_of_a_publisher_that_returns_goes_on_in_real_time()
    {
        PublicationWriter first = _room.PublishOrThrow();
        _room.Write(first, TestRoom.VideoFormat, 500_000, isKeyframe: true);
        Publication publication = first.Publication;
        var sink = new CollectingSink();
        ((FrameTrack)publication.Video!).Subscribe(sink);

        first.Close(CloseReason.TimedOut);
        _room.Test.AdvanceMilliseconds(3000);
        PublicationWriter second = _room.PublishOrThrow();
        _room.Write(second, TestRoom.VideoFormat, 90, isKeyframe: true);

        Assert.Same(publication, second.Publication);
        Assert.Equal(3 * 90_000, Assert.Single(sink.Frames).DecodeTime);
    }

    [Fact]
    public void Audio_and_video_of_a_returning_publisher_shift_by_the_same_time()
    {
        PublicationWriter first = _room.PublishOrThrow();
        _room.Write(first, TestRoom.VideoFormat, 0, isKeyframe: true);
        first.Close(CloseReason.Left);
        _room.Test.AdvanceMilliseconds(1234.5);
        PublicationWriter second = _room.PublishOrThrow();
        var video = new CollectingSink();
        var audio = new CollectingSink();
        ((FrameTrack)second.Publication.Video!).Subscribe(video);

        _room.Write(second, TestRoom.VideoFormat, 90_000, isKeyframe: true);
        _room.Write(second, TestRoom.AudioFormat, 48_000);
        ((FrameTrack)second.Publication.Audio!).Subscribe(audio);
        _room.Write(second, TestRoom.AudioFormat, 48_960);

        Assert.Equal(
            Timeline.ToTicks(video.Frames[0].DecodeTime, 90_000),
            Timeline.ToTicks(audio.Frames[0].DecodeTime - 960, 48_000));
    }

    [Fact]
    public void A_publisher_that_stays_away_ends_its_publication_after_30_seconds()
    {
        PublicationWriter writer = _room.PublishOrThrow();
        _room.Write(writer, TestRoom.VideoFormat, 0, isKeyframe: true);
        var sink = new CollectingSink();
        ((FrameTrack)writer.Publication.Video!).Subscribe(sink);

        writer.Close(CloseReason.Left);
        _room.Test.AdvanceMilliseconds(29_000);
        Assert.Null(sink.Closed);
        _room.Test.AdvanceMilliseconds(3_000);

        Assert.Equal(CloseReason.PublisherGone, sink.Closed);
        Assert.Null(_room.Registry.Find("demo"));
        Assert.Equal(0, _room.Pool.Leased);
    }

    [Fact]
    public void A_kicked_publication_ends_at_once_and_its_publisher_is_told()
    {
        var publisher = new TestPublisher();
        PublicationWriter writer = _room.PublishOrThrow(publisher);
        _room.Write(writer, TestRoom.VideoFormat, 0, isKeyframe: true);

        Assert.True(_room.Registry.Kick("demo", "main"));
        _room.Test.Run();

        Assert.Equal(CloseReason.Kicked, publisher.Removed);
        Assert.Null(_room.Registry.Find("demo"));
        Assert.Equal(0, _room.Pool.Leased);
    }

    [Fact]
    public void The_default_publication_is_the_oldest_live_one()
    {
        PublicationWriter oldest = _room.PublishOrThrow();
        _room.Publish(name: "second", owner: "b");
        oldest.Close(CloseReason.Left);
        _room.Test.Run();

        Assert.Equal("second", _room.Registry.Find("demo", null)!.Name);
    }

    [Fact]
    public void Each_step_of_a_publications_life_is_told_to_listeners()
    {
        using RoomEventListener listener = _room.Registry.Events.Listen();
        PublicationWriter writer = _room.PublishOrThrow();
        _room.Write(writer, TestRoom.VideoFormat, 0, isKeyframe: true);
        writer.Close(CloseReason.Left);
        _room.Test.Run();
        _room.PublishOrThrow().Close(CloseReason.Left);
        _room.Test.AdvanceMilliseconds(32_000);

        var types = new List<string>();
        while (listener.Reader.TryRead(out RoomEvent? roomEvent)) types.Add(roomEvent.Type);
        Assert.Equal(
            [
                RoomEvent.PublicationStarted, RoomEvent.TrackAdded, RoomEvent.PublicationAway,
                RoomEvent.PublicationResumed, RoomEvent.PublicationAway, RoomEvent.PublicationEnded,
            ],
            types);
    }

    [Fact]
    public void Interlaced_pictures_make_a_track_incompatible_with_the_reason()
    {
        PublicationWriter writer = _room.PublishOrThrow();
        TrackFormat fields = TestRoom.VideoFormat with { Video = TestRoom.VideoFormat.Video! with { IsInterlaced = true } };
        _room.Write(writer, fields, 0, isKeyframe: true);

        BrowserCompatibility verdict = writer.Publication.Video!.Compatibility;
        Assert.False(verdict.IsCompatible);
        Assert.Contains("interlaced", Assert.Single(verdict.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void B_frames_make_a_track_incompatible_with_the_reason()
    {
        PublicationWriter writer = _room.PublishOrThrow();
        _room.Write(writer, TestRoom.VideoFormat, 0, isKeyframe: true);
        BrowserCompatibility before = writer.Publication.Video!.Compatibility;
        _room.Write(writer, TestRoom.VideoFormat, 3000, presentationTime: 12_000);
        _room.Write(writer, TestRoom.VideoFormat, 6000, presentationTime: 6000);

        Assert.True(before.IsCompatible);
        Assert.Contains("B-frames", Assert.Single(writer.Publication.Video!.Compatibility.Reasons), StringComparison.Ordinal);
    }
}
