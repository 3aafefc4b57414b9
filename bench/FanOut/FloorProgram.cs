using System.Diagnostics;
using System.Globalization;

namespace Bench.FanOut;

/// <summary>The C program beside it (bench/floor): what the same work takes without a gateway around it.</summary>
internal sealed class FloorProgram(string path)
{
    /// <summary>Looks where <c>make -C bench/floor</c> puts it; null = it was not built.</summary>
    public static FloorProgram? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "bench", "floor", "floor");
            if (File.Exists(path)) return new FloorProgram(path);
        }

        return null;
    }

    /// <summary>Microseconds of processor time per packet.</summary>
    /// <param name="mode">copy, gcm or cm80.</param>
    public double Run(string mode, int viewers, int burst, int length)
    {
        var start = new ProcessStartInfo(path) { RedirectStandardOutput = true };
        foreach (string argument in new[] { mode, Text(viewers), Text(burst), Text(length) }) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{path} {mode} ended with {process.ExitCode}: {text}");
        return double.Parse(text, CultureInfo.InvariantCulture);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
