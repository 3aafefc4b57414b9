using System.Globalization;
using System.Security.Cryptography;

namespace Recorder.Archive;

/// <summary>
/// Names of recordings and of their folders: when they began and four random letters, <c>20261123-0250-k3vd</c>. They sort by
/// age, and hold nothing that a user chose.
/// </summary>
public static class RecordingId
{
    private const string Letters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const string TimeFormat = "yyyyMMdd-HHmm";
    private const int RandomLength = 4;
    private const int Length = 18; // the time, a hyphen and the letters

    public static string Make(DateTimeOffset now) =>
        $"{now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{RandomNumberGenerator.GetString(Letters, RandomLength)}";

    public static bool IsValid(string? text) =>
        text is { Length: Length } && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
