using Media.Containers;
using Recorder.Archive;

namespace Recorder.Tests.Archive;

/// <summary>With files as they are written, read back by their reader.</summary>
public sealed class RecoveryTests
{
    private const double Played = 4000;

    [Fact]
    public void A_recording_that_was_not_ended_is_finished_at_the_next_start()
    {
        using var bed = new RecorderBed(real: true);
        bed.Play(bed.Room.PublishOrThrow(), Played, video: false);
        using var copy = new FolderCopy(bed.Catalogue.Directory);
        RecordingJournal journal = Load(copy.Path);
        Assert.Equal(RecordingState.Recording, journal.Document.State);
        Assert.True(Recovery.Finish(journal, "crashed"));
        RecordingDocument document = Load(copy.Path).Document;
        Assert.Equal((RecordingState.Finished, "crashed"), (document.State, document.Note));
        RecordedSegment segment = Assert.Single(document.Publications[0].Segments);
        Assert.True(segment.Finished);
        Assert.InRange(segment.Duration, (Played / 1000) - 1, Played / 1000);
        Assert.Equal(new FileInfo(journal.Folder.PathOf(segment.File)).Length, segment.Bytes);
        Assert.True(Count(journal.Folder.PathOf(segment.File)) >= (Played - 1000) / 20);
    }

    [Fact]
    public void A_file_that_is_torn_anywhere_is_finished_with_what_is_whole()
    {
        using var bed = new RecorderBed(real: true);
        bed.Play(bed.Room.PublishOrThrow(), Played, video: false);
        var random = new Random(1);
        for (int round = 0; round < 40; round++)
        {
            using var copy = new FolderCopy(bed.Catalogue.Directory);
            RecordingJournal journal = Load(copy.Path);
            string path = journal.Folder.PathOf("1-001.mp4");
            long length = random.NextInt64(new FileInfo(path).Length + 1);
            using (var file = new FileStream(path, FileMode.Open)) file.SetLength(length);
            Assert.True(Recovery.Finish(journal, null));
            RecordedSegment? segment = journal.Document.Publications[0].Segments.SingleOrDefault();
            if (segment is null) Assert.False(File.Exists(path));
            else Assert.True(Count(path) > 0, $"torn at {length}");
        }
    }

    [Fact]
    public void What_came_more_than_a_second_before_a_power_cut_plays()
    {
        var disk = new TestDisk();
        using var bed = new RecorderBed(real: true, disk: disk);
        var writer = bed.Room.PublishOrThrow();
        for (int round = 1; round <= 20; round++)
        {
            bed.Play(writer, 260, from: (round - 1) * 260, video: false);
            if (round < 8) continue;
            string path = Path.GetTempFileName();
            File.WriteAllBytes(path, Assert.Single(disk.Files.Values).AfterPowerCut);
            using (var file = new FileStream(path, FileMode.Open)) MediaFileRepair.Repair(file);
            Assert.True(Count(path) >= ((round * 260) - 1000) / 20, $"{Count(path)} frames of {round * 13}");
            File.Delete(path);
        }
    }

    [Fact]
    public void A_segment_without_a_file_is_forgotten()
    {
        using var bed = new RecorderBed(real: true);
        bed.Play(bed.Room.PublishOrThrow(), Played, video: false);
        using var copy = new FolderCopy(bed.Catalogue.Directory);
        RecordingJournal journal = Load(copy.Path);
        File.Delete(journal.Folder.PathOf("1-001.mp4"));
        Assert.True(Recovery.Finish(journal, null));
        Assert.Empty(journal.Document.Publications[0].Segments);
    }

    internal static int Count(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
        using IMediaFileReader reader = MediaFiles.Open(stream);
        int count = 0;
        for (; reader.TryRead(out MediaFileSample sample); count++) sample.Frame.Release();
        return count;
    }

    private static RecordingJournal Load(string folder)
    {
        var catalogue = new RecordingCatalogue(folder);
        catalogue.Load();
        return Assert.Single(catalogue.Journals);
    }

    /// <summary>What another process would find there now.</summary>
    private sealed class FolderCopy : IDisposable
    {
        public FolderCopy(string folder)
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                string target = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(folder, file));
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("recovery-test-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
