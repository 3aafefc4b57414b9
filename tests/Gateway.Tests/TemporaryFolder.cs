namespace Gateway.Tests;

/// <summary>A folder for one test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gateway-test-").FullName;

    public string File(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Only its owner may read and write the file.</summary>
    public bool IsPrivate(string name) =>
        OperatingSystem.IsWindows()
        || System.IO.File.GetUnixFileMode(System.IO.Path.Combine(Path, name)) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
