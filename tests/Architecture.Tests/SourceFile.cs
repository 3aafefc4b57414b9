using System.Text;

namespace Architecture.Tests;

/// <summary>One C# file: its path from the repository's root, its lines, and its code without comments and literals.</summary>
internal sealed class SourceFile
{
    public SourceFile(string root, string fullPath)
    {
        Path = System.IO.Path.GetRelativePath(root, fullPath).Replace('\\', '/');
        Text = File.ReadAllText(fullPath);
        Code = Strip(Text);
    }

    public string Path { get; }

    public string Text { get; }

    /// <summary>The same length and lines as <see cref="Text"/>, comments and the insides of literals blanked.</summary>
    public string Code { get; }

    public string Project => Path.Split('/')[0] == "tests" ? Path.Split('/')[1] : Path.Split('/')[0];

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    public int LineCount => Text.AsSpan().TrimEnd('\n').Count('\n') + 1;

    public int LineAt(int offset) => Code.AsSpan(0, offset).Count('\n') + 1;

    public override string ToString() => Path;

    private static string Strip(string text)
    {
        var code = new StringBuilder(text);
        int i = 0;
        while (i < text.Length)
        {
            int end = LiteralEnd(text, i, out int keep);
            if (end < 0)
            {
                i++;
                continue;
            }

            for (int at = i + keep; at < end - keep; at++)
                if (code[at] != '\n') code[at] = ' ';
            i = end;
        }

        return code.ToString();
    }

    /// <summary>The end of the comment or literal that starts at <paramref name="i"/>, or -1.</summary>
    private static int LiteralEnd(string text, int i, out int keep)
    {
        keep = 0;
        if (At(text, i, "//")) return End(text, i, "\n");
        if (At(text, i, "/*")) return After(text, i + 2, "*/");
        keep = 1;
        if (At(text, i, "\"\"\"")) return RawEnd(text, i);
        if (text[i] == '\'') return EscapedEnd(text, i, '\'');
        if (text[i] != '"') return -1;
        bool verbatim = i > 0 && (text[i - 1] == '@' || (text[i - 1] == '$' && i > 1 && text[i - 2] == '@'));
        return verbatim ? VerbatimEnd(text, i) : EscapedEnd(text, i, '"');
    }

    private static bool At(string text, int i, string what) => string.CompareOrdinal(text, i, what, 0, what.Length) == 0;

    private static int End(string text, int from, string what)
    {
        int at = text.IndexOf(what, from, StringComparison.Ordinal);
        return at < 0 ? text.Length : at;
    }

    private static int After(string text, int from, string what) => Math.Min(text.Length, End(text, from, what) + what.Length);

    private static int RawEnd(string text, int i)
    {
        int quotes = 0;
        while (i + quotes < text.Length && text[i + quotes] == '"') quotes++;
        return After(text, i + quotes, new string('"', quotes));
    }

    private static int VerbatimEnd(string text, int i)
    {
        for (int at = i + 1; at < text.Length; at++)
        {
            if (text[at] != '"') continue;
            if (at + 1 < text.Length && text[at + 1] == '"') at++;
            else return at + 1;
        }

        return text.Length;
    }

    private static int EscapedEnd(string text, int i, char quote)
    {
        for (int at = i + 1; at < text.Length && text[at] != '\n'; at++)
        {
            if (text[at] == '\\') at++;
            else if (text[at] == quote) return at + 1;
        }

        return i + 1;
    }
}
