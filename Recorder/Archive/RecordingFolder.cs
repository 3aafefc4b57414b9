using System.Globalization;
using Recorder.Files;

namespace Recorder.Archive;

/// <summary>The folder of one recording: its document, its media files, their thumbnails, and exports.</summary>
public sealed class RecordingFolder(string path)
{
    public const string DocumentName = "recording.json";

    /// <summary>A folder of that ending is being removed.</summary>
    public const string DeletedSuffix = ".deleted";

    public string Path { get; } = path;

    /// <summary>
    /// The name of a segment's file. Publications are counted, since what users call them has no place in a file system.
    /// </summary>
    public static string SegmentName(int publication, int segment, string container) =>
        string.Create(CultureInfo.InvariantCulture, $"{publication}-{segment:000}.{container}");

    /// <summary>Letters, digits, hyphens and one ending: nothing that leaves the folder, and nothing hidden.</summary>
    public static bool IsFileName(string? name)
    {
        if (name is not { Length: > 0 and <= 64 }) return false;
        int dots = 0;
        foreach (char c in name)
        {
            if (c == '.') dots++;
            else if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') return false;
        }

        return dots == 1 && name[0] != '.' && name[^1] != '.';
    }

    public string PathOf(string file) => IsFileName(file)
        ? System.IO.Path.Combine(Path, file)
        : throw new ArgumentException($"\"{file}\" is no file of a recording.", nameof(file));

    public void Create()
    {
        Directory.CreateDirectory(Path);
        DiskFolder.Sync(System.IO.Path.GetDirectoryName(Path)!);
    }

    public void Write(RecordingDocument document) =>
        DiskFolder.WriteAtomically(System.IO.Path.Combine(Path, DocumentName), RecordingJson.Write(document));

    public bool TryRead(out RecordingDocument document)
    {
        document = null!;
        try
        {
            var file = new FileInfo(System.IO.Path.Combine(Path, DocumentName));
            return file is { Exists: true, Length: < 64 << 20 } && RecordingJson.TryRead(File.ReadAllBytes(file.FullName), out document)
                && document.Id == System.IO.Path.GetFileName(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Removes it with all that is in it. It has another name first, so that a crash half-way leaves nothing that looks
    /// like a recording: <see cref="RemoveLeftovers"/> does the rest.
    /// </summary>
    public void Delete()
    {
        string going = Path + DeletedSuffix;
        Directory.Move(Path, going);
        DiskFolder.Sync(System.IO.Path.GetDirectoryName(Path)!);
        Directory.Delete(going, recursive: true);
    }

    /// <summary>Removes what a crash has left of removals.</summary>
    public static void RemoveLeftovers(string directory)
    {
        foreach (string going in Directory.EnumerateDirectories(directory, "*" + DeletedSuffix))
            if (RecordingId.IsValid(System.IO.Path.GetFileName(going)[..^DeletedSuffix.Length])) Directory.Delete(going, recursive: true);
    }
}
