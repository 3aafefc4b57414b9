namespace Protocols.Rtmp;

/// <summary>
/// What an encoder's stream key says: <c>ROOM?name=PUBLICATION&amp;token=KEY</c>. Unknown parameters are ignored.
/// </summary>
public sealed record RtmpStreamKey(string Room, string Publication, string? Token)
{
    private const int MaxNameLength = 64;
    private const int MaxTokenLength = 1024;

    public const string DefaultPublication = "main";

    /// <summary>Parses a stream key; <paramref name="problem"/> says what would be right.</summary>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RtmpStreamKey? key, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        key = null;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        int question = rest.IndexOf('?');
        string room = (question < 0 ? rest : rest[..question]).ToString();
        string name = DefaultPublication;
        string? token = null;
        if (question >= 0) ReadParameters(rest[(question + 1)..], ref name, ref token);
        if (!IsName(room)) problem = Describe("Room", room);
        else if (!IsName(name)) problem = Describe("Publication", name);
        else if (token?.Length > MaxTokenLength) problem = $"The token is longer than {MaxTokenLength} characters.";
        else
        {
            problem = "";
            key = new RtmpStreamKey(room, name, token);
        }

        return key is not null;
    }

    /// <summary>True for what may name a room or a publication.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxNameLength || !char.IsAsciiLetterOrDigit(name[0])) return false;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) return false;
        return true;
    }

    private static void ReadParameters(ReadOnlySpan<char> query, ref string name, ref string? token)
    {
        foreach (Range range in query.Split('&'))
        {
            ReadOnlySpan<char> parameter = query[range];
            int equals = parameter.IndexOf('=');
            if (equals < 0) continue;
            string value = Uri.UnescapeDataString(parameter[(equals + 1)..]);
            if (parameter[..equals].SequenceEqual("name")) name = value;
            else if (parameter[..equals].SequenceEqual("token")) token = value;
        }
    }

    private static string Describe(string what, string name)
    {
        string shown = name.Length > MaxNameLength ? name[..MaxNameLength] + "..." : name;
        return $"{what} name '{shown}' is not allowed: 1 to {MaxNameLength} letters, digits, '_' and '-', a letter or digit first. "
            + "The stream key is ROOM or ROOM?name=PUBLICATION&token=KEY.";
    }
}
