namespace Rooms;

/// <summary>The names that rooms and publications may have: <c>[A-Za-z0-9][A-Za-z0-9_-]{0,63}</c>.</summary>
public static class RoomName
{
    public const int MaxLength = 64;

    public const string Pattern = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}";

    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxLength || !char.IsAsciiLetterOrDigit(name[0])) return false;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) return false;
        return true;
    }
}
