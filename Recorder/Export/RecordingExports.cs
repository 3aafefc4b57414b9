using System.Collections.Immutable;
using System.Security.Cryptography;
using Recorder.Archive;

namespace Recorder.Export;

/// <summary>The exports that were asked for since the program started; those of before are removed. Thread safe.</summary>
public sealed class RecordingExports
{
    public const int MaxRunning = 4;
    public const int MaxKept = 100;

    private readonly Lock _gate = new();
    private readonly List<(string Recording, RecordingExport Export)> _all = [];

    /// <returns>Null: too many are under way, or kept.</returns>
    public RecordingExport? Start(RecordingJournal journal, ExportRequest request)
    {
        lock (_gate)
        {
            if (_all.Count >= MaxKept || _all.Count(item => item.Export.State == ExportState.Running) >= MaxRunning) return null;
            var export = new RecordingExport(journal, RandomNumberGenerator.GetHexString(8, lowercase: true), request);
            if (export.IsEmpty) return export;
            _all.Add((journal.Document.Id, export));
            export.Start();
            return export;
        }
    }

    public ImmutableArray<RecordingExport> Of(string recording)
    {
        lock (_gate) return [.. _all.Where(item => item.Recording == recording).Select(item => item.Export)];
    }

    public RecordingExport? Find(string recording, string id) => Of(recording).FirstOrDefault(export => export.Id == id);

    public bool Remove(string recording, string id)
    {
        if (Find(recording, id) is not { } export) return false;
        lock (_gate) _all.RemoveAll(item => item.Export == export);
        export.Remove();
        return true;
    }

    public void RemoveAll(string recording)
    {
        foreach (RecordingExport export in Of(recording)) Remove(recording, export.Id);
    }

    /// <summary>Removes what an earlier run has left in a recording's folder.</summary>
    public static void RemoveLeftovers(RecordingFolder folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder.Path, "export-*")) File.Delete(path);
    }
}
