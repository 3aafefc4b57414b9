using TestKit.Processes;

namespace Gateway.Tests.Playback;

/// <summary>Files of FFmpeg's in the media folder of a gateway, with a picture that changes and a tone.</summary>
internal static class PlayedFiles
{
    public const string H264 = "-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 25 -bf 0";
    public const string H264WithBFrames = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 25 -bf 2";
    public const string H265 = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=error:keyint=25 -tag:v hvc1";
    public const string Vp8 = "-c:v libvpx -deadline realtime -cpu-used 8 -g 25 -b:v 500k";
    public const string Vp9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -b:v 500k";
    public const string Av1 = "-c:v libaom-av1 -cpu-used 8 -usage realtime -g 25 -b:v 500k";
    public const string Aac = "-c:a aac -b:a 96k";
    public const string Opus = "-c:a libopus -b:a 64k";

    /// <summary>Pictures per second.</summary>
    public const int Rate = 25;

    public static async Task<string> MakeAsync(string gatewayFolder, string name, string video, string audio, int seconds = 4)
    {
        string folder = Path.Combine(gatewayFolder, "media");
        Directory.CreateDirectory(folder);
        string[] picture = video.Length == 0 ? [] : ["-f", "lavfi", "-i", $"testsrc2=size=320x180:rate={Rate}:duration={seconds}"];
        await ChildProcess.RunAsync(
            "ffmpeg",
            [
                "-hide_banner", "-loglevel", "error", "-y", .. picture, "-f", "lavfi", "-i", $"sine=frequency=440:sample_rate=48000:duration={seconds}",
                .. Split(video), .. Split(audio), Path.Combine(folder, name),
            ]);
        return name;
    }

    private static string[] Split(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
