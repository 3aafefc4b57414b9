using TestKit.Processes;

namespace TestKit.Browsers;

/// <summary>
/// A headless browser that shows the driver page of its own <see cref="PageServer"/>. It needs no driver package: the
/// pages fetch their jobs and post their results.
/// </summary>
public sealed class Browser : IDisposable
{
    private static readonly string[] s_chromiumFlags =
    [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-renderer-backgrounding",
        "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-dev-shm-usage",
        "--window-size=1400,900", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    ];

    private readonly DirectoryInfo _profile;
    private readonly ChildProcess _process;
    private readonly SoundCard? _sound;

    private Browser(string name, PageServer pages, DirectoryInfo profile, ChildProcess process, SoundCard? sound = null)
    {
        _sound = sound;
        Name = name;
        Pages = pages;
        _profile = profile;
        _process = process;
    }

    public string Name { get; }

    public PageServer Pages { get; }

    public string Log => _process.Log;

    internal string ProfileFolder => _profile.FullName;

    /// <param name="mayPlay">False leaves the browser's own rule: no sound before a gesture.</param>
    public static Browser Chromium(string pagesFolder, bool mayPlay = true, params string[] flags)
    {
        var pages = new PageServer(pagesFolder);
        DirectoryInfo profile = Directory.CreateTempSubdirectory("gateway-chromium-");
        string[] autoplay = mayPlay ? ["--autoplay-policy=no-user-gesture-required"] : [];
        var process = new ChildProcess(
            "chromium", [.. s_chromiumFlags, .. autoplay, .. flags, $"--user-data-dir={profile.FullName}", DriverPage(pages)]);
        return new Browser("Chromium", pages, profile, process);
    }

    /// <summary>Its camera and microphone are made up, as Chromium's.</summary>
    public static Browser Firefox(string pagesFolder, params string[] flags)
    {
        var pages = new PageServer(pagesFolder);
        DirectoryInfo profile = Directory.CreateTempSubdirectory("gateway-firefox-");
        File.WriteAllText(Path.Combine(profile.FullName, "user.js"), """
            user_pref("media.navigator.permission.disabled", true);
            user_pref("media.navigator.streams.fake", true);
            user_pref("media.autoplay.default", 0);
            user_pref("media.autoplay.blocking_policy", 0);
            user_pref("media.autoplay.block-webaudio", false);
            user_pref("media.gmp-manager.updateEnabled", false);
            user_pref("media.gmp-provider.enabled", false);
            user_pref("browser.shell.checkDefaultBrowser", false);
            user_pref("browser.startup.homepage_override.mstone", "ignore");
            user_pref("datareporting.policy.dataSubmissionEnabled", false);
            user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
            user_pref("app.update.enabled", false);
            user_pref("network.captive-portal-service.enabled", false);
            user_pref("network.connectivity-service.enabled", false);
            user_pref("privacy.reduceTimerPrecision", false);
            user_pref("media.peerconnection.ice.loopback", true);
            user_pref("media.peerconnection.ice.obfuscate_host_addresses", false);
            """);
        var sound = new SoundCard(profile.FullName);
        var process = new ChildProcess(
            "firefox-esr", ["--headless", "--no-remote", .. flags, "--profile", profile.FullName, DriverPage(pages)],
            environment: new Dictionary<string, string>
            {
                ["MOZ_HEADLESS_WIDTH"] = "1400", ["MOZ_HEADLESS_HEIGHT"] = "900", ["HOME"] = profile.FullName, ["PULSE_SERVER"] = sound.Server,
            });
        return new Browser("Firefox", pages, profile, process, sound);
    }

    public void Dispose()
    {
        _process.Dispose();
        _sound?.Dispose();
        Pages.Dispose();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A child of the browser still writes; the folder lies in the temporary directory.
        }
    }

    private static string DriverPage(PageServer pages) => new Uri(pages.Root, "driver.html").ToString();
}
