namespace Protocols.Tests.Sdp;

/// <summary>Offers of real clients, byte for byte as they sent them; those of many sections repeat the sections of theirs.</summary>
internal static class Offers
{
    public const string Chromium = "chromium156-offer-recvonly";
    public const string ChromiumMany = "chromium156-offer-recvonly-many";
    public const string FirefoxMany = "firefox153esr-offer-recvonly-many";
    public const string Firefox = "firefox153esr-offer-recvonly";
    public const string Aiortc = "aiortc1.4-offer-recvonly";
    public const string Werift = "werift0.24-offer-recvonly-vp8";
    public const string Wrtc = "wrtc0.10-offer-recvonly";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Sdp", "offers");

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.sdp").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name + ".sdp"));
}
