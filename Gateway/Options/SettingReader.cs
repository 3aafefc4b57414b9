using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Gateway.Options;

/// <summary>Reads single settings, each checked at once, and remembers which were asked for, so that a misspelt one is found.</summary>
internal sealed partial class SettingReader(IConfiguration configuration, string baseDirectory)
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<string> Names => _names;

    public ListenPort Port(string name, int fallback)
    {
        if (Text(name) is not { } text) return ListenPort.Fixed(fallback);
        return ListenPort.TryParse(text, out ListenPort port) ? port : throw new OptionException(name, text, ListenPort.Allowed);
    }

    public PortRange Range(string name, PortRange fallback)
    {
        if (Text(name) is not { } text) return fallback;
        return PortRange.TryParse(text, out PortRange range) ? range : throw new OptionException(name, text, PortRange.Allowed);
    }

    public int Integer(string name, int fallback, int min, int max)
    {
        if (Text(name) is not { } text) return fallback;
        bool valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max;
        return valid ? value : throw new OptionException(name, text, string.Create(CultureInfo.InvariantCulture, $"{min}-{max}"));
    }

    public bool Switch(string name, bool fallback)
    {
        if (Text(name) is not { } text) return fallback;
        return bool.TryParse(text, out bool value) ? value : throw new OptionException(name, text, "true or false");
    }

    public TimeSpan Seconds(string name, double fallback, double max)
    {
        if (Text(name) is not { } text) return TimeSpan.FromSeconds(fallback);
        bool valid = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value <= max;
        if (!valid) throw new OptionException(name, text, string.Create(CultureInfo.InvariantCulture, $"0-{max} seconds"));
        return TimeSpan.FromSeconds(value);
    }

    public DelayRange? Delay(string name)
    {
        if (Text(name) is not { } text) return null;
        return DelayRange.TryParse(text, out DelayRange range) ? range : throw new OptionException(name, text, DelayRange.Allowed);
    }

    /// <summary>One of an enum's names, written as words with hyphens.</summary>
    public T? Choice<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text) return null;
        foreach (T value in Enum.GetValues<T>())
            if (Hyphenated(value.ToString()).Equals(text, StringComparison.OrdinalIgnoreCase)) return value;
        throw new OptionException(name, text, string.Join(", ", Enum.GetNames<T>().Select(Hyphenated)));
    }

    public string Directory(string name, string fallback)
    {
        string path = Path.GetFullPath(Text(name) ?? fallback, baseDirectory);
        if (File.Exists(path)) throw new OptionException(name, path, "a folder (this is a file)");
        return path;
    }

    /// <summary>A secret that fits a header and a query alike.</summary>
    public string? Key(string name)
    {
        if (Text(name) is not { } text) return null;
        // The value is a secret: the message must not hold it.
        return KeyPattern().IsMatch(text) ? text : throw new OptionException(name, "(hidden)", "1-256 letters, digits and . _ ~ -");
    }

    public IReadOnlyList<IPAddress> Addresses(string name) =>
    [
        .. List(name).Select(text => IPAddress.TryParse(text, out IPAddress? address) && !IsAny(address)
            ? address
            : throw new OptionException(name, text, "IPv4 and IPv6 addresses, separated by commas")),
    ];

    public IReadOnlyList<string> IceServers(string name) =>
    [
        .. List(name).Select(text => IceServerPattern().IsMatch(text)
            ? text
            : throw new OptionException(name, text, "stun:HOST[:PORT], turn:HOST[:PORT][?transport=udp|tcp], separated by commas")),
    ];

    public IEnumerable<string> Children(string section) => configuration.GetSection(section).GetChildren().Select(child => child.Key);

    public string? Text(string name)
    {
        _names.Add(name);
        string? value = configuration[name];
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static string Hyphenated(string name) => WordStart().Replace(name, "-$0").ToLowerInvariant();

    /// <summary>A list is either one text with commas or a JSON array.</summary>
    private IEnumerable<string> List(string name)
    {
        IEnumerable<string> texts = Text(name) is { } text ? [text] : configuration.GetSection(name).GetChildren().Select(child => child.Value ?? "");
        return texts.SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [GeneratedRegex(@"^[A-Za-z0-9._~-]{1,256}\z")]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"^(stuns?|turns?):[A-Za-z0-9.\-\[\]:]+(\?transport=(udp|tcp))?\z")]
    private static partial Regex IceServerPattern();

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex WordStart();
}
