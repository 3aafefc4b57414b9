using System.Globalization;

namespace Gateway.Options;

/// <summary>An inclusive range of UDP ports that is handed out in even/odd pairs.</summary>
public readonly record struct PortRange(int First, int Last)
{
    public const string Allowed = "FIRST-LAST within 1024-65535, at least two ports, such as 20000-20999";

    public static bool TryParse(string text, out PortRange range)
    {
        range = default;
        string[] parts = text.Split('-', StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || !TryPort(parts[0], out int first) || !TryPort(parts[1], out int last)) return false;
        range = new PortRange(first, last);
        return first < last;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1024 and <= 65535;
}
