using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>
/// Finds the members of the types of a file by counting braces in the stripped code: enough to measure how long a
/// method is, and nothing more.
/// </summary>
internal static partial class MemberScanner
{
    internal readonly record struct Member(string Name, int FirstLine, int LastLine)
    {
        public int Lines => LastLine - FirstLine + 1;
    }

    public static IEnumerable<Member> Methods(SourceFile file) => Methods(file.Code);

    public static IEnumerable<Member> Methods(string code)
    {
        // One entry per open brace or bracket: true = the body of a type or namespace, whose children are members.
        var holdsMembers = new Stack<bool>();
        holdsMembers.Push(true);
        int headerStart = 0;
        int parentheses = 0;
        for (int i = 0; i < code.Length; i++)
        {
            char c = code[i];
            if (c is '(' or '[') parentheses++;
            else if (c is ')' or ']') parentheses--;
            else if (c == '{' && (parentheses > 0 || !holdsMembers.Peek())) i = SkipBlock(code, i);
            else if (c == '{')
            {
                if (IsType(code[headerStart..i]))
                {
                    holdsMembers.Push(true);
                    headerStart = i + 1;
                    continue;
                }

                int end = SkipBlock(code, i);
                if (MethodName(code[headerStart..i]) is { } name) yield return At(code, name, headerStart, end);
                i = end;
                headerStart = i + 1;
            }
            else if (c == ';' && parentheses == 0)
            {
                string statement = code[headerStart..i];
                int arrow = statement.IndexOf("=>", StringComparison.Ordinal);
                if (arrow > 0 && MethodName(statement[..arrow]) is { } name) yield return At(code, name, headerStart, i);
                headerStart = i + 1;
            }
            else if (c == '}')
            {
                if (holdsMembers.Count > 1) holdsMembers.Pop();
                headerStart = i + 1;
            }
        }
    }

    private static int SkipBlock(string code, int open)
    {
        int depth = 0;
        for (int i = open; i < code.Length; i++)
        {
            if (code[i] == '{') depth++;
            else if (code[i] == '}' && --depth == 0) return i;
        }

        return code.Length - 1;
    }

    private static Member At(string code, string name, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(code[start])) start++;
        return new Member(name, code.AsSpan(0, start).Count('\n') + 1, code.AsSpan(0, end).Count('\n') + 1);
    }

    private static bool IsType(string header) => TypeHeader().IsMatch(header);

    /// <summary>A method's header has a name before its first parenthesis and no '=' in front of it (that is a field).</summary>
    private static string? MethodName(string header)
    {
        Match match = MethodHeader().Match(Attributes().Replace(header, ""));
        return match.Success ? match.Groups["name"].Value : null;
    }

    [GeneratedRegex(@"\b(class|struct|interface|enum|namespace)\s+\w|\brecord\s+(struct\s+|class\s+)?\w+\s*[({<:]?")]
    private static partial Regex TypeHeader();

    [GeneratedRegex(@"^\s*(\[[^\]]*\]\s*)+")]
    private static partial Regex Attributes();

    [GeneratedRegex(@"^[^=(]*?(?<name>[\w.]+|operator\s*\S+)\s*(<[^>()]*>)?\s*\(", RegexOptions.Singleline)]
    private static partial Regex MethodHeader();
}
