using TestKit;

namespace Architecture.Tests;

/// <summary>The checked-out tree that these tests were built from.</summary>
internal static class Repository
{
    public static readonly string[] Products = ["Media", "Protocols", "Rooms", "Ingest", "Egress", "Recorder", "Gateway"];

    public static string Root => RepositoryRoot.Path;

    public static IReadOnlyList<SourceFile> Sources { get; } =
        [.. SourcePaths().Select(path => new SourceFile(Root, path)).OrderBy(file => file.Path, StringComparer.Ordinal)];

    public static IEnumerable<SourceFile> ProductSources => Sources.Where(file => !file.IsTest);

    public static IEnumerable<string> ProjectFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories).Where(IsOurs);

    public static IEnumerable<string> Directories() =>
        Directory.EnumerateDirectories(Root, "*", SearchOption.AllDirectories)
            .Where(path => IsOurs(path + "/"))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> SourcePaths() =>
        Products.Append("tests").Append("bench")
            .Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(IsOurs);

    private static bool IsOurs(string path)
    {
        string[] parts = Path.GetRelativePath(Root, path).Replace('\\', '/').Split('/');
        return !parts.Any(part => part is "bin" or "obj" or ".git" or "node_modules" or "TestResults");
    }
}
