using System.Diagnostics;
using System.Globalization;

namespace Media.Tests.FFmpeg;

/// <summary>Runs the ffmpeg program to make sources and to judge results. Files go to a directory of their own.</summary>
internal sealed class FFmpegCli : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("media-tests").FullName;

    public string PathOf(string name) => Path.Combine(Directory, name);

    /// <summary>Makes the file of that name and gives its path back.</summary>
    public string Make(string name, string arguments)
    {
        Run($"-v error -y {arguments} {PathOf(name)}");
        return PathOf(name);
    }

    /// <summary>Mean structural similarity of two videos, picture by picture after the given filter on each.</summary>
    public static double Similarity(string resultInput, string sourceInput, string resultFilter = "null", string sourceFilter = "null")
    {
        string graph = $"[0:v]{resultFilter},settb=1/25,setpts=N[a];[1:v]{sourceFilter},settb=1/25,setpts=N[b];[a][b]ssim";
        string text = Run($"-i {resultInput} -i {sourceInput} -lavfi \"{graph}\" -f null -");
        int at = text.LastIndexOf("All:", StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        return double.Parse(text.AsSpan(at + 4, 6), CultureInfo.InvariantCulture);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private static string Run(string arguments)
    {
        var start = new ProcessStartInfo("ffmpeg", "-nostdin -hide_banner " + arguments)
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ffmpeg {arguments}\n{error}");
        return error;
    }
}
