namespace TestKit;

/// <summary>The folder of the checked-out tree that the running tests were built from.</summary>
public static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>"Release" or "Debug", as the running tests were built.</summary>
    public static string Configuration { get; } =
        AppContext.BaseDirectory.Contains("/bin/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";

    public static string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "Gateway.sln")))
            folder = System.IO.Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("Gateway.sln is not above the test's own folder.");
    }
}
