using Media;
using Recorder.Archive;
using Rooms;
using Rooms.Publishing;

namespace Recorder.Tests;

public class RoomRecordersTests
{
    [Fact]
    public void A_room_that_is_always_recorded_is_recorded_from_the_first_frame_on()
    {
        using var bed = new RecorderBed();
        bed.Play(bed.Room.PublishOrThrow(), 2000);
        NotedWriter file = Assert.Single(bed.Files);
        Assert.Equal([0, 20, 40], file.Audio.Take(3).Select(frame => frame.Time));
        Assert.Equal([0, 40, 80], file.Video.Take(3).Select(frame => frame.Time));
        Assert.Equal(["started"], bed.Told);
    }

    [Theory]
    [InlineData(RecordingPolicy.Off)]
    [InlineData(RecordingPolicy.OnRequest)]
    public void Another_room_is_not(RecordingPolicy policy)
    {
        using var bed = new RecorderBed(policy);
        bed.Play(bed.Room.PublishOrThrow(), 1000);
        Assert.Empty(bed.Catalogue.All);
    }

    [Fact]
    public void On_request_what_is_live_is_recorded_from_its_current_group_on()
    {
        using var bed = new RecorderBed(RecordingPolicy.OnRequest);
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 1400);
        Assert.NotNull(bed.Recorders.Start("demo", out bool isNew));
        Assert.True(isNew);
        bed.Room.Test.Run();
        bed.Play(writer, 600, from: 1400);
        NotedWriter file = Assert.Single(bed.Files);
        Assert.Equal(new NotedFrame(MediaKind.Video, 1000, true), file.Video.First());
        Assert.Equal(1400, file.Audio.First().Time);
        Assert.Equal(25, file.Video.Count());
    }

    [Fact]
    public void Without_pre_roll_the_picture_begins_at_its_next_keyframe_and_the_sound_at_once()
    {
        using var bed = new RecorderBed(RecordingPolicy.OnRequest, options => options with { PreRoll = false });
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 1400);
        bed.Recorders.Start("demo", out _);
        bed.Room.Test.Run();
        bed.Play(writer, 1600, from: 1400);
        NotedWriter file = Assert.Single(bed.Files);
        Assert.Equal(new NotedFrame(MediaKind.Video, 2000, true), file.Video.First());
        Assert.Equal(1400, file.Audio.First().Time);
    }

    [Fact]
    public void Nothing_is_recorded_of_a_room_where_nobody_publishes()
    {
        using var bed = new RecorderBed(RecordingPolicy.OnRequest);
        Assert.Null(bed.Recorders.Start("demo", out _));
    }

    [Fact]
    public void A_room_is_recorded_once_however_often_it_is_asked_for()
    {
        using var bed = new RecorderBed(RecordingPolicy.OnRequest);
        bed.Play(bed.Room.PublishOrThrow(), 100);
        RoomRecorder? first = bed.Recorders.Start("demo", out _);
        Assert.Same(first, bed.Recorders.Start("demo", out bool isNew));
        Assert.False(isNew);
    }

    [Fact]
    public async Task Ended_on_request_its_files_are_finished_and_nothing_more_is_recorded_until_the_room_was_empty()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 1000);
        RecordingDocument? stopped = await bed.Recorders.StopAsync("demo");
        Assert.Equal(RecordingState.Finished, stopped!.State);
        Assert.True(bed.Recorded.Segments[0].Finished);
        bed.Play(writer, 1000, from: 1000);
        Assert.True(Assert.Single(bed.Files).IsFinished);
        Assert.Equal(["started", "stopped"], bed.Told);

        bed.Room.Registry.Kick("demo", "main");
        bed.Room.Test.Run();
        bed.BeginGroup();
        bed.Play(bed.Room.PublishOrThrow(), 1000);
        Assert.Equal(2, bed.Files.Count);
    }

    [Fact]
    public void A_recording_ends_with_the_last_publication()
    {
        using var bed = new RecorderBed();
        bed.Play(bed.Room.PublishOrThrow(), 1000);
        bed.Room.Registry.Kick("demo", "main");
        bed.Room.Test.Run();
        Assert.Equal(RecordingState.Finished, bed.Document.State);
        Assert.NotNull(bed.Document.EndedAt);
        Assert.True(bed.Files[0].IsFinished);
        Assert.All(bed.Disk.Files.Values, file => Assert.True(file.IsClosed));
        Assert.Equal(0, bed.Recorders.Count);
    }

    [Fact]
    public void Each_publication_of_a_room_has_its_own_files()
    {
        using var bed = new RecorderBed();
        PublicationWriter main = bed.Room.PublishOrThrow();
        PublicationWriter second = bed.Room.Publish(name: "second").Writer!;
        bed.Play(main, 1000, audio: false);
        bed.BeginGroup();
        bed.Play(second, 1000, audio: false);
        Assert.Equal(["main", "second"], bed.Document.Publications.Select(publication => publication.Name));
        Assert.Equal(["1-001.mp4", "2-001.mp4"], bed.Document.Publications.Select(publication => Assert.Single(publication.Segments).File));
    }

    [Fact]
    public void A_publication_that_came_back_under_its_name_goes_on_in_the_same_place()
    {
        using var bed = new RecorderBed();
        PublicationWriter other = bed.Room.Publish(name: "other").Writer!;
        bed.Play(bed.Room.PublishOrThrow(), 1000);
        bed.Room.Registry.Kick("demo", "main");
        bed.Room.Test.Run();
        bed.Advance(5000);
        bed.BeginGroup();
        bed.Play(bed.Room.PublishOrThrow(), 1000);
        RecordedPublication main = bed.Document.Publication("main")!;
        Assert.Equal(["2-001.mp4", "2-002.mp4"], main.Segments.Select(segment => segment.File));
        Assert.Equal("away", Assert.Single(main.Gaps).Reason);
        Assert.NotNull(other);
    }

    [Fact]
    public async Task A_recording_of_nothing_leaves_nothing_behind()
    {
        using var bed = new RecorderBed();
        bed.Room.PublishOrThrow();
        await bed.StopAsync();
        Assert.Empty(bed.Catalogue.All);
        Assert.Empty(Directory.EnumerateFileSystemEntries(bed.Catalogue.Directory));
    }

    [Fact]
    public async Task Every_frame_is_given_back()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 3000);
        bed.Room.Registry.Close();
        bed.Room.Test.Run();
        await bed.StopAsync();
        Assert.Equal(0, bed.Room.Pool.Leased);
    }
}
