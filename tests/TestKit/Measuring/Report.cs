using System.Globalization;

namespace TestKit.Measuring;

/// <summary>
/// The figures that a test measured: written to the test's own output and, under <c>./test</c>, to the file that it
/// prints after the suite.
/// </summary>
public static class Report
{
    private static readonly Lock s_lock = new();

    public static void Line(string text)
    {
        Console.WriteLine(text);
        if (Environment.GetEnvironmentVariable("TEST_REPORT") is not { Length: > 0 } path) return;
        lock (s_lock) File.AppendAllText(path, text + "\n");
    }

    /// <summary>A table with columns as wide as their longest cell; numbers are rounded to one place.</summary>
    public static void Table(string title, string[] head, IEnumerable<object[]> rows)
    {
        string[][] cells = [head, .. rows.Select(row => row.Select(Cell).ToArray())];
        int[] widths = [.. head.Select((_, column) => cells.Max(row => row[column].Length))];
        Line("\n" + title);
        foreach (string[] row in cells) Line("  " + string.Join("  ", row.Select((cell, column) => cell.PadLeft(widths[column]))));
    }

    private static string Cell(object value) => value switch
    {
        double number => number.ToString("0.0", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
