using System.Globalization;

namespace Media.FFmpeg;

/// <summary>The AVOptions of the video encoders: what makes them give out each picture at once.</summary>
internal static class EncoderOptions
{
    /// <summary>Keyframes come on request; this often they come anyhow.</summary>
    private const int KeyframeSeconds = 10;

    public static (string Name, string Value)[] For(VideoEncoderSettings settings, VideoColor color)
    {
        List<(string, string)> options =
        [
            ("video_size", $"{settings.Width}x{settings.Height}"),
            ("pixel_format", "yuv420p"),
            ("time_base", "1/90000"),
            ("b", Text(settings.Bitrate)),
            ("g", Text((long)Math.Round(Math.Max(settings.FrameRate, 1) * KeyframeSeconds))),
        ];
        if (settings.Codec == Codec.H264) AddX264(options, settings, color);
        else AddVpx(options, settings);
        return [.. options];
    }

    /// <summary>
    /// The peak rate and buffer of x264: bursts of keyframes are spread over a second. The peak is the rate itself, because
    /// only then does x264 let the rate of a running encoder rise: with a higher peak it keeps the one that it began with.
    /// </summary>
    public static (long MaxRate, long BufferSize) Peak(long bitrate) => (bitrate, bitrate);

    private static void AddX264(List<(string, string)> options, VideoEncoderSettings settings, VideoColor color)
    {
        (long maxRate, long bufferSize) = Peak(settings.Bitrate);
        options.AddRange(
        [
            ("maxrate", Text(maxRate)), ("bufsize", Text(bufferSize)), ("bf", "0"),
            ("threads", Text(settings.Threads)),
            ("preset", settings.Fastest ? "ultrafast" : "superfast"), ("tune", "zerolatency"), ("profile", "baseline"),
            // Else FFmpeg turns sliced threads off and x264 holds a picture back for each thread.
            ("thread_type", "slice"), ("forced-idr", "1"),
            // Without it the time base counts as frame rate and the bitrate comes out 3000 times too low.
            ("x264-params", string.Create(CultureInfo.InvariantCulture, $"fps={Math.Round(settings.FrameRate * 1000)}/1000")),
        ]);
        if (color.Range > 0) options.Add(("color_range", Text(color.Range)));
        if (color.Matrix > 0) options.Add(("colorspace", Text(color.Matrix)));
        if (color.Primaries > 0) options.Add(("color_primaries", Text(color.Primaries)));
        if (color.Transfer > 0) options.Add(("color_trc", Text(color.Transfer)));
    }

    // libvpx's threads wait for each other by spinning: on a busy machine two were seen to burn ten times the CPU of one.
    // A positive cpu-used would choose the speed by the clock.
    private static void AddVpx(List<(string, string)> options, VideoEncoderSettings settings) => options.AddRange(
    [
        ("threads", "1"),
        ("minrate", Text(settings.Bitrate)), ("maxrate", Text(settings.Bitrate)), ("bufsize", Text(settings.Bitrate)),
        ("deadline", "realtime"), ("cpu-used", settings.Fastest ? "-16" : "-8"), ("lag-in-frames", "0"),
        ("auto-alt-ref", "0"), ("qmin", "4"), ("qmax", "56"),
    ]);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
