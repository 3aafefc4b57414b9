using Recorder.Archive;
using Recorder.Export;
using Recorder.Tests.Archive;

namespace Recorder.Tests.Export;

public sealed class RecordingExportTests
{
    [Theory]
    [InlineData(0, 60, 500)]  // all of it, over the borders of segments
    [InlineData(1, 2, 50)]    // within one
    [InlineData(2.5, 7.5, 250)]
    public async Task A_part_becomes_one_file_without_a_frame_lost(double from, double to, int frames)
    {
        using var bed = new RecorderBed(options: options => options with { SegmentTime = TimeSpan.FromSeconds(3) }, real: true);
        RecordingJournal journal = await RecordAsync(bed);
        Assert.Equal(4, journal.Document.Publications[0].Segments.Length);
        RecordingExport export = await ExportAsync(journal, new ExportRequest("main", from, to));
        Assert.Equal((ExportState.Finished, null, 1.0), (export.State, export.Error, export.Progress));
        Assert.InRange(RecoveryTests.Count(journal.Folder.PathOf(export.File)), frames - 3, frames + 3);
    }

    [Fact]
    public async Task An_export_of_nothing_is_told_at_once()
    {
        using var bed = new RecorderBed(real: true);
        RecordingJournal journal = await RecordAsync(bed);
        Assert.True(new RecordingExports().Start(journal, new ExportRequest("main", 100, 200))!.IsEmpty);
    }

    [Fact]
    public async Task A_removed_export_leaves_no_file()
    {
        using var bed = new RecorderBed(real: true);
        RecordingJournal journal = await RecordAsync(bed);
        var exports = new RecordingExports();
        RecordingExport export = exports.Start(journal, new ExportRequest("main", 0, 5))!;
        await EndAsync(export);
        Assert.True(exports.Remove(journal.Document.Id, export.Id));
        Assert.False(File.Exists(journal.Folder.PathOf(export.File)));
        Assert.Empty(exports.Of(journal.Document.Id));
    }

    [Fact]
    public async Task A_file_that_can_not_be_read_is_the_reason_of_a_failure()
    {
        using var bed = new RecorderBed(real: true);
        RecordingJournal journal = await RecordAsync(bed);
        await File.WriteAllTextAsync(journal.Folder.PathOf("1-001.mp4"), "no media");
        RecordingExport export = await ExportAsync(journal, new ExportRequest("main", 0, 5));
        Assert.Equal(ExportState.Failed, export.State);
        Assert.NotEmpty(export.Error!);
        Assert.False(File.Exists(journal.Folder.PathOf(export.File)));
    }

    private static async Task<RecordingJournal> RecordAsync(RecorderBed bed)
    {
        bed.Play(bed.Room.PublishOrThrow(), 10_000, video: false);
        await bed.StopAsync();
        return Assert.Single(bed.Catalogue.Journals);
    }

    private static async Task<RecordingExport> ExportAsync(RecordingJournal journal, ExportRequest request)
    {
        RecordingExport export = new RecordingExports().Start(journal, request)!;
        await EndAsync(export);
        return export;
    }

    private static Task EndAsync(RecordingExport export) => export.Ended.WaitAsync(TimeSpan.FromSeconds(30));
}
