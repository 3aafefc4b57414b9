using System.Collections.Immutable;
using System.Globalization;

namespace Ingest.Playback;

/// <summary>A file that can be played.</summary>
/// <param name="Name">Path within the folder, with slashes.</param>
public sealed record MediaFolderFile(string Name, long Bytes, DateTimeOffset Changed);

/// <summary>
/// The folder whose files may be played, and no others: names are checked letter by letter, links are not followed, and where the
/// system tells, the opened file is asked where it really lies. Thread safe.
/// </summary>
public sealed class MediaFolder(string directory)
{
    private const int MaxNameLength = 512;
    private const int MaxDepth = 8;
    private const int MaxFiles = 10_000;

    private static readonly string[] s_extensions = [".flv", ".mp4", ".m4v", ".m4a", ".mov", ".webm", ".mkv", ".mka"];

    private readonly string _directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));

    /// <summary>Whether it is the name of a file within a folder, whatever the folder holds.</summary>
    public static bool IsName(string? name)
    {
        if (name is not { Length: > 0 and <= MaxNameLength }) return false;
        foreach (char c in name)
            if (char.IsControl(c) || c is '\\' or ':') return false;
        string[] steps = name.Split('/');
        return steps.Length <= MaxDepth && Array.TrueForAll(steps, step => step.Length > 0 && step[0] != '.')
            && s_extensions.Contains(Path.GetExtension(name).ToLowerInvariant());
    }

    /// <summary>Whether there is such a file.</summary>
    public bool Has(string name) => IsName(name) && Find(name) is not null;

    /// <exception cref="IOException">There is no such file in the folder.</exception>
    public Stream Open(string name)
    {
        string path = IsName(name) && Find(name) is { } found ? found : throw new FileNotFoundException("there is no such file in the media folder");
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        if (IsInside(stream)) return stream;
        stream.Dispose();
        throw new FileNotFoundException("the file does not lie in the media folder");
    }

    /// <summary>All that can be played, by name. A folder that is not there has nothing.</summary>
    public ImmutableArray<MediaFolderFile> List()
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = MaxDepth,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        };
        if (!Directory.Exists(_directory)) return [];
        return
        [
            .. new DirectoryInfo(_directory).EnumerateFiles("*", options).Take(MaxFiles)
                .Select(file => new MediaFolderFile(NameOf(file.FullName), file.Length, file.LastWriteTimeUtc))
                .Where(file => IsName(file.Name))
                .OrderBy(file => file.Name, StringComparer.Ordinal),
        ];
    }

    private string NameOf(string path) => Path.GetRelativePath(_directory, path).Replace(Path.DirectorySeparatorChar, '/');

    private string? Find(string name)
    {
        string path = _directory;
        foreach (string step in name.Split('/'))
        {
            path = Path.Combine(path, step);
            // A link may lead anywhere.
            if (new FileInfo(path).LinkTarget is not null) return null;
        }

        return File.Exists(path) ? path : null;
    }

    // Between the look and the opening somebody may have put a link there.
    private bool IsInside(FileStream stream)
    {
        string handle = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{stream.SafeFileHandle.DangerousGetHandle()}");
        if (new FileInfo(handle).LinkTarget is not { } real) return true; // not on this system
        return real.StartsWith(RealPath(_directory) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    private static string RealPath(string directory)
    {
        string path = Path.GetPathRoot(directory)!;
        foreach (string step in directory[path.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, step);
            if (new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true) is { } target) path = RealPath(target.FullName);
        }

        return path;
    }
}
