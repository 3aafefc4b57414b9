using TestKit.Processes;

namespace Gateway.Tests.Rtp;

/// <summary>FFmpeg as a sender of plain RTP, and the SDP that it prints.</summary>
internal static class FfmpegSender
{
    public const string Picture = "-re -f lavfi -i testsrc2=s=320x180:r=25";
    public const string Sound = "-re -f lavfi -i sine=f=440:r=48000";

    /// <summary>What FFmpeg says that it sends, from a run of its own to a port that nobody reads.</summary>
    public static async Task<string> DescribeAsync(string input, string encoding, string output = "rtp://127.0.0.1:9", string more = "")
    {
        string file = Path.GetTempFileName();
        try
        {
            string arguments = $"-hide_banner -loglevel error {input.Replace("-re ", "", StringComparison.Ordinal)} -t 0.2 {encoding} -strict -2 {more} -sdp_file {file} -y -f rtp {output}";
            await ChildProcess.RunAsync("ffmpeg", Split(arguments));
            return await File.ReadAllTextAsync(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static ChildProcess Start(string arguments) => new("ffmpeg", Split("-hide_banner -loglevel error " + arguments));

    /// <summary>One stream to that port.</summary>
    public static ChildProcess Start(string input, string encoding, string output) => Start($"{input} {encoding} -strict -2 -f rtp {output}");

    private static string[] Split(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
