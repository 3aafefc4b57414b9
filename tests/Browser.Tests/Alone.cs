using TestKit;
using TestKit.Browsers;

// Figures are worth something only where nothing else runs beside.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Browser.Tests;

internal static class Pages
{
    public static string Folder { get; } = RepositoryRoot.Combine("tests", "Browser.Tests", "pages");
}

/// <summary>One Chromium for all tests of a collection.</summary>
public sealed class ChromiumFixture : IDisposable
{
    public TestKit.Browsers.Browser Browser { get; } = TestKit.Browsers.Browser.Chromium(Pages.Folder);

    public void Dispose() => Browser.Dispose();
}

/// <summary>One Firefox for all tests of a collection.</summary>
public sealed class FirefoxFixture : IDisposable
{
    public TestKit.Browsers.Browser Browser { get; } = TestKit.Browsers.Browser.Firefox(Pages.Folder);

    public void Dispose() => Browser.Dispose();
}
