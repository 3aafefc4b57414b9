using Media;
using Recorder.Archive;
using Rooms;
using Rooms.Publishing;
using TestKit;

namespace Recorder.Tests.Tape;

public class SegmentTests
{
    [Fact]
    public void A_segment_ends_at_the_first_keyframe_after_its_time()
    {
        using var bed = new RecorderBed(options: options => options with { SegmentTime = TimeSpan.FromSeconds(1.5) });
        bed.Play(bed.Room.PublishOrThrow(), 5000);
        Assert.Equal([0, 2000, 4000], bed.Files.Select(file => file.Video.First().Time));
        Assert.All(bed.Files, file => Assert.True(file.Video.First().IsKeyframe));
        Assert.Equal([true, true, false], bed.Files.Select(file => file.IsFinished));
        Assert.Empty(bed.Recorded.Gaps);
    }

    [Fact]
    public void A_segment_ends_at_the_first_keyframe_after_its_size()
    {
        using var bed = new RecorderBed(options: options => options with { SegmentBytes = 30_000 });
        bed.Play(bed.Room.PublishOrThrow(), 4000, length: 1000);
        Assert.Equal([0, 2000], bed.Files.Select(file => file.Video.First().Time));
    }

    [Fact]
    public void Every_frame_is_in_exactly_one_segment_and_sound_goes_on_where_the_picture_does()
    {
        using var bed = new RecorderBed(options: options => options with { SegmentTime = TimeSpan.FromSeconds(1) });
        bed.Play(bed.Room.PublishOrThrow(), 4000);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 40.0), bed.Files.SelectMany(file => file.Video).Select(frame => frame.Time));
        Assert.Equal(Enumerable.Range(0, bed.Files.Sum(file => file.Audio.Count())).Select(i => i * 20.0), bed.Files.SelectMany(file => file.Audio).Select(frame => frame.Time));
        Assert.All(bed.Files, file => Assert.Equal(file.Video.First().Time, file.Audio.First().Time));
    }

    [Fact]
    public void Fragments_are_cut_and_synced_in_time_whatever_the_keyframes()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 1000, group: 10_000);
        TestFile file = Assert.Single(bed.Disk.Files.Values);
        double at = 1000;
        for (; at < 6000; at += 100)
        {
            bed.Play(writer, 100, from: at, group: 10_000);
            int inFile = (int)(file.Length - 16 - (bed.Files[0].Audio.Count() * 20)) / 100; // pictures, about
            Assert.True(inFile >= bed.Files[0].Video.Count() - 11, $"{inFile} of {bed.Files[0].Video.Count()} are in the file");
            Assert.True(file.Length - file.AfterPowerCut.Length <= 500 / 40 * 100 + 500 / 20 * 20 + 400, "synced too late");
        }

        Assert.True(bed.Files[0].Fragments >= 17);
    }

    [Fact]
    public void Another_size_begins_a_new_segment()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 1000);
        TrackFormat larger = TestRoom.VideoFormat with { Version = 1, Video = new VideoProperties(1280, 720, 30, Profile: 66), ParameterSets = [[0x67, 0x42], [0x68]] };
        bed.BeginGroup();
        bed.Play(writer, 1000, from: 1000, videoFormat: larger);
        Assert.Equal([640, 1280], bed.Files.Select(file => file.Tracks[0].Video!.Width));
        Assert.Equal([0, 1000], bed.Files.Select(file => file.Video.First().Time));
        Assert.Equal([640, 1280], bed.Recorded.Segments.Select(segment => segment.Tracks[0].Width));
    }

    [Fact]
    public void The_same_parameter_sets_again_do_not()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 1000);
        TrackFormat again = TestRoom.VideoFormat with { Version = 1, Video = TestRoom.VideoFormat.Video! with { FrameRate = 25 } };
        bed.BeginGroup();
        bed.Play(writer, 1000, from: 1000, videoFormat: again);
        Assert.Single(bed.Files);
    }

    [Fact]
    public void After_an_absence_of_more_than_two_seconds_there_is_a_new_segment_with_its_own_start_and_a_gap_between()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 2000);
        writer.Close(CloseReason.Left);
        bed.Room.Test.Run();
        bed.Advance(3000);
        Assert.True(bed.Files[0].IsFinished); // without waiting for a return
        bed.BeginGroup();
        bed.Play(bed.Room.PublishOrThrow(), 2000);
        Assert.Equal(2, bed.Files.Count);
        RecordedPublication recorded = bed.Recorded;
        Assert.Equal(5.0, (recorded.Segments[1].StartedAt - recorded.Segments[0].StartedAt).TotalSeconds, 0.1);
        RecordingGap gap = Assert.Single(recorded.Gaps);
        Assert.Equal("away", gap.Reason);
        Assert.Equal(3.0, gap.Seconds, 0.1);
    }

    [Fact]
    public void After_a_short_absence_it_goes_on_in_the_same_segment()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 2000);
        writer.Close(CloseReason.Left);
        bed.Room.Test.Run();
        bed.Advance(1000);
        bed.BeginGroup();
        bed.Play(bed.Room.PublishOrThrow(), 2000);
        Assert.Single(bed.Files);
    }

    [Fact]
    public void Sound_alone_goes_into_mp4_and_a_picture_that_comes_later_begins_a_new_segment()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 2000, video: false);
        Assert.Equal("mp4", Assert.Single(bed.Files).Container);
        bed.Play(writer, 2000, from: 2000);
        Assert.Equal([1, 2], bed.Files.Select(file => file.Tracks.Length));
        Assert.Equal(2000, bed.Files[1].Audio.First().Time);
    }

    [Fact]
    public void Sound_that_comes_later_waits_for_a_keyframe()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 1400, audio: false);
        bed.Play(writer, 1600, from: 1400);
        Assert.Equal([1, 2], bed.Files.Select(file => file.Tracks.Length));
        Assert.Equal((2000, 2000), (bed.Files[1].Video.First().Time, bed.Files[1].Audio.First().Time));
    }

    [Fact]
    public void Vp8_goes_into_webm()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        var camera = new TestEncoding(bed.Room, writer);
        for (int i = 0; i < 60; i++)
        {
            camera.WriteFrame(isKeyframe: i == 0);
            bed.Advance(33);
        }

        NotedWriter file = Assert.Single(bed.Files);
        Assert.Equal("webm", file.Container);
        Assert.Equal(60, file.Frames.Count);
        Assert.Equal("1-001.webm", bed.Recorded.Segments[0].File);
        Assert.NotEmpty(camera.Requests);
    }

    [Fact]
    public void The_document_tells_tracks_frames_and_durations()
    {
        using var bed = new RecorderBed();
        bed.Play(bed.Room.PublishOrThrow(), 2000);
        bed.Room.Registry.Close();
        bed.Room.Test.Run();
        RecordedSegment segment = Assert.Single(bed.Recorded.Segments);
        Assert.Equal(["video H264 640 50", "audio opus  100"], segment.Tracks.Select(track => $"{track.Kind} {track.Codec} {track.Width} {track.Frames}"));
        Assert.Equal(1.98, segment.Duration, 0.05);
        Assert.Equal(bed.Disk.Files.Values.Single().Length, segment.Bytes);
        Assert.Equal(bed.Document.Bytes, segment.Bytes);
        Assert.Equal(RecordingState.Finished, bed.Document.State);
    }
}
