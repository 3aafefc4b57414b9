using Recorder.Archive;
using Rooms.Publishing;

namespace Recorder.Tests.Tape;

public class DiskTests
{
    [Fact]
    public void A_full_disk_ends_the_recording_with_an_event_harms_nothing_written_and_live_goes_on()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 3000);
        TestFile file = bed.Disk.Files.Values.Single();
        bed.Disk.Size = bed.Disk.Used + 1500;
        byte[] before = file.Content;
        bed.Play(writer, 3000, from: 3000);
        Assert.Contains("failed main: No space left on device", bed.Told);
        Assert.Equal(1, bed.Told.Count(told => told.StartsWith("failed", StringComparison.Ordinal)));
        Assert.True(file.Content.AsSpan(0, before.Length).SequenceEqual(before));
        Assert.True(file.Length <= bed.Files[0].Length, "a torn fragment was left behind");
        Assert.Equal(150, writer.Publication.Video!.Statistics.Frames);
        Assert.Equal(RecordingState.Recording, bed.Document.State);
    }

    [Fact]
    public void It_goes_on_when_there_is_room_again()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 3000);
        bed.Disk.Size = bed.Disk.Used + 1500;
        bed.Play(writer, 3000, from: 3000);
        bed.Disk.Size = long.MaxValue;
        bed.Play(writer, 4000, from: 6000);
        Assert.Equal("resumed main", bed.Told[^1]);
        Assert.Equal(2, bed.Files.Count);
        Assert.True(bed.Files[1].Video.First().IsKeyframe);
        RecordingGap gap = Assert.Single(bed.Recorded.Gaps);
        Assert.Equal("disk-full", gap.Reason);
        Assert.InRange(gap.Seconds, 2, 6);
    }

    [Fact]
    public void With_too_little_room_nothing_is_begun()
    {
        using var bed = new RecorderBed();
        bed.Disk.Size = 500;
        bed.Play(bed.Room.PublishOrThrow(), 2000);
        Assert.StartsWith("failed main: less than", bed.Told[1], StringComparison.Ordinal);
        Assert.Empty(bed.Disk.Files);
    }

    [Fact]
    public void A_broken_disk_is_told_of_once_and_tried_again()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 2000);
        bed.Disk.IsBroken = true;
        bed.Play(writer, 5000, from: 2000);
        bed.Disk.IsBroken = false;
        bed.Play(writer, 3000, from: 7000);
        Assert.Equal(["started", "failed main: Input/output error", "resumed main"], bed.Told);
        Assert.Equal("disk-failed", Assert.Single(bed.Recorded.Gaps).Reason);
    }

    [Fact]
    public void A_disk_that_stalls_for_five_seconds_costs_nothing_while_there_is_memory()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 1000);
        bed.IsStalled = true;
        bed.Play(writer, 5000, from: 1000);
        bed.IsStalled = false;
        bed.Play(writer, 1000, from: 6000);
        bed.Advance(100);
        NotedWriter file = Assert.Single(bed.Files);
        Assert.Equal((175, 350), (file.Video.Count(), file.Audio.Count()));
        Assert.Equal(0, bed.Recorded.DroppedFrames);
    }

    [Fact]
    public void A_disk_that_is_too_slow_costs_frames_up_to_the_next_keyframe_which_are_counted_and_marked()
    {
        using var bed = new RecorderBed(options: options => options with { QueueFrames = 60 });
        PublicationWriter writer = bed.Room.PublishOrThrow();
        bed.Play(writer, 1000, audio: false);
        bed.IsStalled = true;
        bed.Play(writer, 5000, from: 1000, audio: false);
        bed.IsStalled = false;
        bed.Play(writer, 3000, from: 6000, audio: false);
        double[] times = [.. bed.Files.SelectMany(file => file.Video).Select(frame => frame.Time)];
        int hole = Array.FindIndex(times, time => time >= 4000);
        Assert.True(bed.Files.SelectMany(file => file.Video).ElementAt(hole).IsKeyframe);
        Assert.Equal(225, times.Length + bed.Recorded.DroppedFrames);
        Assert.Equal("slow-disk", Assert.Single(bed.Recorded.Gaps).Reason);
        Assert.Contains("dropped", bed.Told);
    }

    [Fact]
    public void What_came_more_than_a_second_before_a_power_cut_is_on_the_disk()
    {
        using var bed = new RecorderBed();
        PublicationWriter writer = bed.Room.PublishOrThrow();
        for (int round = 0; round < 40; round++)
        {
            bed.Play(writer, 140, from: round * 140, group: 250);
            if (round < 10) continue;
            int kept = bed.Disk.Files.Values.Single().AfterPowerCut.Length;
            int frames = bed.Files[0].Frames.Count(frame => frame.Time < (round * 140) + 140 - 1000);
            long needed = 16 + bed.Files[0].Frames.Take(frames).Sum(frame => frame.Kind == Media.MediaKind.Video ? 100 : 20);
            Assert.True(kept >= needed, $"{kept} bytes of {needed}");
        }
    }
}
