using TestKit.Processes;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>Streams that were encoded beforehand, made when a test first asks for them.</summary>
public sealed class SourceFilesFixture : IDisposable
{
    public const int Seconds = 6;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-sources-");
    private readonly Dictionary<string, string> _made = [];

    public string Folder => _folder.FullName;

    public async Task<string> GetAsync(string name, EncoderSettings settings, string extension = ".flv")
    {
        if (!_made.TryGetValue(name, out string? path))
            _made[name] = path = await FileSource.EncodeAsync(Folder, name + extension, settings, Seconds);
        return path;
    }

    /// <summary>Two sizes one after the other, with continuous timestamps and the parameter sets in the stream.</summary>
    public async Task<string> GetSizeChangeAsync(EncoderSettings first, EncoderSettings second)
    {
        string a = await GetAsync("size-a", first with { Sound = TestSound.None, Video = first.Video + " -bsf:v dump_extra" }, ".ts");
        string b = await GetAsync(
            "size-b",
            second with { Sound = TestSound.None, Video = second.Video + FormattableString.Invariant($" -bsf:v dump_extra -output_ts_offset {Seconds}") },
            ".ts");
        string both = Path.Combine(Folder, "size-change.ts");
        await using FileStream output = File.Create(both);
        foreach (string part in (string[])[a, b])
        {
            await using FileStream input = File.OpenRead(part);
            await input.CopyToAsync(output);
        }

        return both;
    }

    /// <summary>The largest keyframe of a file, in bytes.</summary>
    public static async Task<int> LargestKeyframeAsync(string path)
    {
        string packets = await ChildProcess.RunAsync(
            "ffprobe", ["-v", "error", "-select_streams", "v", "-show_entries", "packet=size,flags", "-of", "csv=p=0", path]);
        return packets.Split('\n').Where(line => line.Contains('K', StringComparison.Ordinal))
            .Max(line => int.Parse(line.Split(',')[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
