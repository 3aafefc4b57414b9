using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Recorder.Archive;

/// <summary>
/// All recordings, found in their folders when the program starts: there is no other place that knows of them. Thread safe.
/// </summary>
public sealed class RecordingCatalogue(string directory)
{
    private readonly ConcurrentDictionary<string, RecordingJournal> _recordings = new();

    public string Directory { get; } = directory;

    /// <summary>Newest first.</summary>
    public ImmutableArray<RecordingDocument> All =>
        [.. _recordings.Values.Select(journal => journal.Document).OrderByDescending(document => document.StartedAt).ThenByDescending(document => document.Id, StringComparer.Ordinal)];

    public IEnumerable<RecordingJournal> Journals => _recordings.Values;

    /// <summary>Reads the folders anew. Those that hold no recording of ours are left alone.</summary>
    public void Load()
    {
        System.IO.Directory.CreateDirectory(Directory);
        RecordingFolder.RemoveLeftovers(Directory);
        foreach (string path in System.IO.Directory.EnumerateDirectories(Directory))
        {
            var folder = new RecordingFolder(path);
            if (!folder.TryRead(out RecordingDocument document)) continue;
            Export.RecordingExports.RemoveLeftovers(folder);
            _recordings[document.Id] = new RecordingJournal(folder, document, isOpen: true);
        }
    }

    public RecordingJournal? Find(string id) => _recordings.GetValueOrDefault(id);

    public ImmutableArray<RecordingDocument> List(RecordingQuery query) => [.. All.Where(query.Covers)];

    /// <summary>A new recording; its folder is made when there is something to go into it.</summary>
    public RecordingJournal Create(string room, DateTimeOffset now)
    {
        string id = RecordingId.Make(now);
        var folder = new RecordingFolder(Path.Combine(Directory, id));
        var document = new RecordingDocument(
            RecordingDocument.CurrentVersion, id, room, RecordingState.Recording, now, null, null, []);
        return _recordings[id] = new RecordingJournal(folder, document, isOpen: false);
    }

    /// <summary>Forgets a recording that nothing was written of.</summary>
    public void Forget(string id)
    {
        if (Find(id) is { IsOpen: false } journal) _recordings.TryRemove(KeyValuePair.Create(id, journal));
    }

    /// <summary>Removes a recording with its files. False: there is none, or it is being written.</summary>
    public bool Delete(string id)
    {
        if (Find(id) is not { Document.State: RecordingState.Finished } journal) return false;
        if (!_recordings.TryRemove(KeyValuePair.Create(id, journal))) return false;
        journal.Folder.Delete();
        return true;
    }
}
