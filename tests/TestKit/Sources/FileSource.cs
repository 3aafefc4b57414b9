using System.Globalization;
using TestKit.Processes;

namespace TestKit.Sources;

/// <summary>
/// A stream that is encoded beforehand and then pushed as it is in real time: for what the machine could not encode while
/// it also plays. The barcode of frame N is N.
/// </summary>
public sealed class FileSource : IDisposable
{
    private FileSource(ChildProcess ffmpeg, string path)
    {
        Process = ffmpeg;
        FilePath = path;
    }

    public ChildProcess Process { get; }

    public string FilePath { get; }

    /// <summary>Encodes <paramref name="seconds"/> into a file under <paramref name="folder"/>, sound with a steady tone or beeps.</summary>
    /// <param name="code">The barcode of a frame by its number; else that number.</param>
    public static async Task<string> EncodeAsync(
        string folder, string name, EncoderSettings settings, int seconds, Func<int, int>? code = null)
    {
        string path = Path.Combine(folder, name);
        string[] video = !settings.HasVideo ? [] :
        [
            "-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", $"{settings.Width}x{settings.Height}",
            "-framerate", settings.FrameRate.ToString(CultureInfo.InvariantCulture), "-i", "pipe:0",
        ];
        string[] sound = settings.Sound == TestSound.None ? [] :
        [
            "-f", "lavfi", "-i",
            string.Create(CultureInfo.InvariantCulture, $"sine=frequency=1000:sample_rate={settings.SampleRate}:duration={seconds},volume=4,aformat=channel_layouts={(settings.Channels == 1 ? "mono" : "stereo")}"),
        ];
        string[] codecs = [.. settings.HasVideo ? Split(settings.Video) : [], .. settings.Sound != TestSound.None ? Split(settings.Audio) : []];
        using var ffmpeg = new ChildProcess(
            "ffmpeg", ["-hide_banner", "-loglevel", "warning", "-y", .. video, .. sound, .. codecs, path], pipeInput: true);
        if (settings.HasVideo) await WriteFramesAsync(ffmpeg.Input, settings, seconds, code ?? (frame => frame));
        ffmpeg.Input.Close();
        await ffmpeg.WaitForExitAsync();
        return ffmpeg.ExitCode == 0 ? path : throw new InvalidOperationException("FFmpeg could not encode:\n" + ffmpeg.Log);
    }

    /// <summary>Pushes a file in real time without touching its frames, again from its start when it ends.</summary>
    public static FileSource Push(string path, string url, bool loop = true, string arguments = "-c copy", string? networkNamespace = null) =>
        new(
            new ChildProcess(
                "ffmpeg",
                ["-hide_banner", "-loglevel", "warning", "-nostats", "-re", .. loop ? new[] { "-stream_loop", "-1" } : [], "-i", path, .. Split(arguments), "-f", "flv", url],
                networkNamespace: networkNamespace),
            path);

    public void Dispose() => Process.Dispose();

    private static string[] Split(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static async Task WriteFramesAsync(Stream output, EncoderSettings settings, int seconds, Func<int, int> code)
    {
        var picture = new BarcodePicture(settings.Width, settings.Height);
        for (int frame = 0; frame < seconds * settings.FrameRate; frame++) await output.WriteAsync(picture.Draw(code(frame)));
        await output.FlushAsync();
    }
}
