namespace Architecture.Tests;

/// <summary>Caps on the length of files and methods: what has grown past them has become two things.</summary>
public class SizeTests
{
    private const int LongestFile = 400;
    private const int LongestMethod = 60;

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        string[] tooLong =
        [
            .. Repository.Sources
                .Where(file => file.LineCount > LongestFile && !Allowed.LongFiles.Covers(file.Path))
                .Select(file => $"{file.Path}: {file.LineCount} lines"),
        ];
        Assert.True(tooLong.Length == 0, string.Join('\n', tooLong));
    }

    [Fact]
    public void No_method_is_longer_than_60_lines()
    {
        string[] tooLong =
        [
            .. Repository.Sources.SelectMany(file => MemberScanner.Methods(file)
                .Where(method => method.Lines > LongestMethod && !Allowed.LongMethods.Covers($"{file.Path}:{method.Name}"))
                .Select(method => $"{file.Path}:{method.FirstLine}: {method.Name} has {method.Lines} lines")),
        ];
        Assert.True(tooLong.Length == 0, string.Join('\n', tooLong));
    }

    [Fact]
    public void The_scanner_sees_methods_of_every_form()
    {
        const string Code = """
            namespace N;
            [A(1)]
            public sealed class C(int x) : B(x)
            {
                private static readonly int[] s_table = [1, 2];
                private readonly Func<int> _f = () => { return 1; };
                public int P { get; } = F(1);
                public int Q { get { return 1; } }
                [Fact]
                public void Plain()
                {
                    if (x > 0) { Local(); }
                    void Local() { }
                }

                public int Arrow<T>(T t) where T : struct =>
                    t.Q;
                internal readonly record struct R(int A, int B);
                private sealed class Inner { void Deep() { } }
            }
            """;
        Assert.Equal(
            [("Plain", 6), ("Arrow", 2), ("Deep", 1)],
            MemberScanner.Methods(Code).Select(method => (method.Name, method.Lines)));
    }
}
