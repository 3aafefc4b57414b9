using System.Security.Cryptography;

namespace Protocols.Ice;

/// <summary>
/// User name fragment and password of one side (RFC 8445 §5.3). The first character of a fragment that we make names
/// the loop that owns the session, so whichever socket hears a check finds the owner without a shared table.
/// </summary>
public sealed record IceCredentials(string UsernameFragment, string Password)
{
    /// <summary>As many loops as one character can name.</summary>
    public const int MaxLoops = 64;

    private const int FragmentLength = 8;  // 42 random bits; RFC 8445 asks for 24
    private const int PasswordLength = 24; // 144 random bits; RFC 8445 asks for 128

    // ice-char (RFC 8839 §5.4)
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    public static IceCredentials Create(int loop, RandomNumberGenerator random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(loop);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(loop, MaxLoops);
        ArgumentNullException.ThrowIfNull(random);
        return new IceCredentials(Alphabet[loop] + Text(FragmentLength - 1, random), Text(PasswordLength, random));
    }

    /// <summary>The loop that a fragment's first character names, or -1.</summary>
    public static int LoopOf(char first) => Alphabet.IndexOf(first, StringComparison.Ordinal);

    /// <summary>Whether a peer's fragment is one: 4 to 256 ice-chars (RFC 8839 §5.4).</summary>
    public static bool IsFragment(ReadOnlySpan<char> text) => text.Length is >= 4 and <= 256 && AreIceChars(text);

    /// <summary>Whether a peer's password is one: 22 to 256 ice-chars (RFC 8839 §5.4).</summary>
    public static bool IsPassword(ReadOnlySpan<char> text) => text.Length is >= 22 and <= 256 && AreIceChars(text);

    /// <summary>Without the password, so that it can't end up in a log.</summary>
    public override string ToString() => $"ufrag {UsernameFragment}";

    // Some stacks add the characters of base64url and padding; they harm nobody.
    private static bool AreIceChars(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/' or '-' or '_' or '=')) return false;
        return true;
    }

    private static string Text(int length, RandomNumberGenerator random)
    {
        Span<byte> bytes = stackalloc byte[length];
        random.GetBytes(bytes);
        Span<char> text = stackalloc char[length];
        for (int i = 0; i < length; i++) text[i] = Alphabet[bytes[i] & 63];
        return new string(text);
    }
}
