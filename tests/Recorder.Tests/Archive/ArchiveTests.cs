using System.Collections.Immutable;
using System.Text;
using Recorder.Archive;
using TestKit;

namespace Recorder.Tests.Archive;

public sealed class ArchiveTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 23, 2, 50, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("archive-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_catalogue_is_found_again_in_the_folders()
    {
        RecordingJournal made = Make("demo", s_start);
        Make("other", s_start.AddHours(1));
        var again = new RecordingCatalogue(_folder);
        again.Load();
        Assert.Equal(["other", "demo"], again.All.Select(recording => recording.Room));
        RecordingDocument read = again.Find(made.Document.Id)!.Document;
        Assert.Equal(Encoding.UTF8.GetString(RecordingJson.Write(made.Document)), Encoding.UTF8.GetString(RecordingJson.Write(read)));
        Assert.Equal("1-001.mp4", read.Publications[0].Segments[0].File);
    }

    [Fact]
    public void Folders_that_hold_no_recording_are_left_alone()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "holidays.deleted"));
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        Directory.CreateDirectory(Path.Combine(_folder, "20261123-0250-aaaa"));
        File.WriteAllText(Path.Combine(_folder, "20261123-0250-aaaa", "recording.json"), "{ \"version\": 1");
        RecordingJournal made = Make("demo", s_start);
        Directory.Move(made.Folder.Path, Path.Combine(_folder, "20261123-0250-copy"));
        var catalogue = new RecordingCatalogue(_folder);
        catalogue.Load();
        Assert.Empty(catalogue.All);
        Assert.Equal(4, Directory.GetDirectories(_folder).Length);
    }

    [Fact]
    public void A_removal_that_a_crash_interrupted_is_completed_at_the_next_start()
    {
        RecordingJournal made = Make("demo", s_start);
        Directory.Move(made.Folder.Path, made.Folder.Path + ".deleted");
        var catalogue = new RecordingCatalogue(_folder);
        catalogue.Load();
        Assert.Empty(catalogue.All);
        Assert.Empty(Directory.GetDirectories(_folder));
    }

    [Fact]
    public void A_recording_is_removed_with_its_files_once_it_is_finished()
    {
        var catalogue = new RecordingCatalogue(_folder);
        RecordingJournal running = catalogue.Create("demo", s_start);
        running.Open();
        Assert.False(catalogue.Delete(running.Document.Id));
        running.Save(document => document with { State = RecordingState.Finished });
        Assert.True(catalogue.Delete(running.Document.Id));
        Assert.Empty(Directory.GetDirectories(_folder));
        Assert.Null(catalogue.Find(running.Document.Id));
    }

    [Theory]
    [InlineData("../secret.mp4")]
    [InlineData("a/b.mp4")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("recording")]
    [InlineData("a..mp4")]
    [InlineData("Ä.mp4")]
    [InlineData("a\\b.mp4")]
    [InlineData("a.mp4\0")]
    [InlineData("")]
    [InlineData(null)]
    public void What_could_leave_the_folder_is_no_file_name(string? name)
    {
        Assert.False(RecordingFolder.IsFileName(name));
        Assert.Throws<ArgumentException>(() => new RecordingFolder(_folder).PathOf(name!));
    }

    [Fact]
    public void Only_files_that_the_document_names_belong_to_a_recording()
    {
        RecordingJournal made = Make("demo", s_start);
        Assert.True(made.Has("1-001.mp4"));
        Assert.False(made.Has("recording.json"));
        Assert.False(made.Has("1-002.mp4"));
    }

    [Fact]
    public void A_document_that_names_files_elsewhere_loses_them()
    {
        string json = Encoding.UTF8.GetString(RecordingJson.Write(Make("demo", s_start).Document)).Replace("1-001.mp4", "../../x.mp4", StringComparison.Ordinal);
        Assert.True(RecordingJson.TryRead(Encoding.UTF8.GetBytes(json), out RecordingDocument document));
        Assert.Empty(document.Publications[0].Segments);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"id":"20261123-0250-aaaa","room":"demo"}""")]
    [InlineData("""{"version":1,"id":"../..","room":"demo"}""")]
    [InlineData("""{"version":1,"id":"20261123-0250-aaaa","room":"no such room"}""")]
    [InlineData("""{"version":1,"id":"20261123-0250-aaaa","room":"demo","publications":5}""")]
    public void What_is_no_document_is_refused(string json) => Assert.False(RecordingJson.TryRead(Encoding.UTF8.GetBytes(json), out _));

    [Fact]
    public void A_document_with_nothing_in_it_is_an_empty_recording()
    {
        Assert.True(RecordingJson.TryRead("""{"version":1,"id":"20261123-0250-aaaa","room":"demo","publications":[null,{"name":"main","segments":[null]}]}"""u8, out RecordingDocument document));
        Assert.Empty(Assert.Single(document.Publications).Segments);
        Assert.Equal(0, document.Bytes);
    }

    [Fact]
    public void No_bytes_break_the_reader_of_documents() =>
        Fuzzer.Run([RecordingJson.Write(Make("demo", s_start).Document)], data => RecordingJson.TryRead(data, out _));

    [Fact]
    public void Ids_are_short_and_sort_by_age()
    {
        string id = RecordingId.Make(s_start);
        Assert.StartsWith("20261123-0250-", id, StringComparison.Ordinal);
        Assert.Equal(18, id.Length);
        Assert.True(RecordingId.IsValid(id));
        Assert.False(RecordingId.IsValid("20261123-0250-../."));
    }

    [Fact]
    public void Recordings_are_found_by_room_and_time()
    {
        Make("demo", s_start);
        Make("Demo", s_start.AddHours(2));
        Make("other", s_start.AddHours(2));
        var catalogue = new RecordingCatalogue(_folder);
        catalogue.Load();
        Assert.Equal(2, catalogue.List(new RecordingQuery("demo")).Length);
        Assert.Equal(2, catalogue.List(new RecordingQuery(From: s_start.AddHours(1))).Length);
        Assert.Equal("demo", Assert.Single(catalogue.List(new RecordingQuery(To: s_start.AddHours(1)))).Room);
        // It lasts a minute.
        Assert.Single(catalogue.List(new RecordingQuery("demo", s_start.AddSeconds(59), s_start.AddSeconds(61))));
    }

    [Fact]
    public void Retention_takes_what_is_too_old_and_the_oldest_of_what_is_too_much_and_never_what_is_being_made()
    {
        RecordingDocument[] all = [.. Enumerable.Range(0, 4).Select(hour => Make("demo", s_start.AddHours(hour)).Document)];
        all[0] = all[0] with { State = RecordingState.Recording };
        DateTimeOffset now = s_start.AddHours(5);
        Assert.Empty(Retention.Due(all, TimeSpan.Zero, 0, now));
        Assert.Equal([all[1].Id, all[2].Id], Retention.Due(all, TimeSpan.FromMinutes(179 - 60), 0, now).Select(recording => recording.Id));
        Assert.Equal([all[1].Id, all[2].Id], Retention.Due(all, TimeSpan.Zero, 2500, now).Select(recording => recording.Id));
        Assert.Equal(3, Retention.Due(all, TimeSpan.Zero, 1, now).Length);
    }

    /// <summary>A finished recording of a minute and 1000 bytes.</summary>
    private RecordingJournal Make(string room, DateTimeOffset start)
    {
        RecordingJournal journal = new RecordingCatalogue(_folder).Create(room, start);
        journal.Open();
        ImmutableArray<RecordedTrack> tracks = [new("video", "H264", 640, 360, null, null, 1500, 0)];
        journal.Save(document => document.With(new RecordedPublication(
            "main", "rtmp", [new RecordedSegment("1-001.mp4", "mp4", start, 60, 1000, true, null, tracks)], [], 0, [])));
        journal.Save(document => document with { State = RecordingState.Finished, EndedAt = start.AddMinutes(1) });
        return journal;
    }
}
