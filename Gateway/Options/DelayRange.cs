using System.Globalization;

namespace Gateway.Options;

/// <summary>What the playout-delay extension asks for, in milliseconds. Never 0-0: that would switch the jitter buffer off for good.</summary>
public readonly record struct DelayRange(int Min, int Max)
{
    public const string Allowed = "MIN-MAX in milliseconds within 0-40950, MAX at least 10, such as 0-200; empty = off";

    private const int Unit = 10; // of the extension: less would be sent as 0
    private const int Largest = 40950; // 12 bits of 10 ms

    public static bool TryParse(string text, out DelayRange range)
    {
        range = default;
        string[] parts = text.Split('-', StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || !TryNumber(parts[0], out int min) || !TryNumber(parts[1], out int max)) return false;
        range = new DelayRange(min, max);
        return min <= max && max >= Unit;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Largest;
}
