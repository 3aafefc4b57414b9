using Media.Containers;

namespace Recorder.Archive;

/// <summary>
/// Finishes what was not: files of a program that was killed, and of a disk that was full. What was written whole is kept.
/// </summary>
public static class Recovery
{
    public const string CrashNote = "The gateway ended while it recorded this. What was written is whole; the last moments may be missing.";

    /// <summary>Repairs the recording's unfinished files and, where nobody writes it any more, ends it. Reads whole files.</summary>
    /// <returns>False: something is left that could not be repaired; it is tried again at the next start.</returns>
    public static bool Finish(RecordingJournal journal, string? note)
    {
        bool isAll = true;
        foreach (RecordedPublication publication in journal.Document.Publications)
        {
            foreach (RecordedSegment segment in publication.Segments)
            {
                if (segment.Finished) continue;
                try
                {
                    RecordedSegment? repaired = Repair(journal.Folder.PathOf(segment.File), segment);
                    journal.Note(publication.Name, entry => repaired is null
                        ? entry with { Segments = entry.Segments.RemoveAll(other => other.File == segment.File) }
                        : entry.With(repaired));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or MediaFileException)
                {
                    isAll = false;
                    string problem = $"{segment.File} could not be repaired: {e.Message}";
                    journal.Note(publication.Name, entry => entry.Notes.Contains(problem) ? entry : entry with { Notes = entry.Notes.Add(problem) });
                }
            }
        }

        journal.Save(document => Ended(document, note));
        return isAll;
    }

    /// <returns>Null where there is nothing to keep.</returns>
    private static RecordedSegment? Repair(string path, RecordedSegment segment)
    {
        if (!File.Exists(path)) return null;
        RepairResult result;
        long length;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read))
        {
            result = MediaFileRepair.Repair(file);
            file.Flush(flushToDisk: true);
            length = file.Length;
        }

        if (result.Outcome != RepairOutcome.NoMedia)
            return segment with { Finished = true, Bytes = length, Duration = Math.Round(result.Duration.TotalSeconds, 3) };
        File.Delete(path);
        return null;
    }

    private static RecordingDocument Ended(RecordingDocument document, string? note)
    {
        if (document.State == RecordingState.Finished) return document;
        DateTimeOffset end = document.StartedAt.AddSeconds(document.Duration);
        return document with { State = RecordingState.Finished, EndedAt = end, Note = note };
    }
}
