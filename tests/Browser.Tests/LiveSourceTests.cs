using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>The source itself: what FFmpeg was given must be what the clock said.</summary>
[Trait("Suite", "browsers")]
public sealed class LiveSourceTests
{
    [Fact]
    public async Task Barcode_and_beeps_of_a_live_source_follow_the_clock()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gateway-live-");
        string file = Path.Combine(folder.FullName, "live.flv");
        long start;
        using (var source = new LiveSource(file, EncoderSettings.ZeroLatency() with { Audio = "-c:a pcm_s16le -ar 44100" }))
        {
            start = source.StartMilliseconds;
            await Task.Delay(5000);
            Assert.False(source.Process.HasExited, source.Process.Log);
        }

        string gray = Path.Combine(folder.FullName, "codes");
        await ChildProcess.RunAsync("ffmpeg", ["-v", "error", "-i", file, "-an", "-vf", "scale=32:18:flags=area,format=gray", "-vsync", "0", "-f", "rawvideo", gray]);
        string sound = Path.Combine(folder.FullName, "sound");
        await ChildProcess.RunAsync("ffmpeg", ["-v", "error", "-i", file, "-vn", "-ac", "1", "-f", "s16le", sound]);
        double[] errors = PictureErrors(await File.ReadAllBytesAsync(gray), start);
        double[] beeps = BeepErrors(await File.ReadAllBytesAsync(sound), start);
        folder.Delete(recursive: true);
        Report.Line($"Live source: {errors.Length} frames, drawn {Statistics.Median(errors):0.0} ms (p95 {Statistics.Percentile(errors, 95):0.0}) after their timestamp; "
            + $"{beeps.Length} beeps, {Statistics.Median(beeps):0.0} ms off their second");
        Assert.True(errors.Length > 120, $"{errors.Length} frames");
        Assert.InRange(Statistics.Median(errors), -1, 8);
        Assert.True(beeps.Length >= 3, $"{beeps.Length} beeps");
        Assert.InRange(Statistics.Median(beeps), -3, 3);
    }

    /// <summary>Per frame: the clock in its barcode minus the time that its number stands for.</summary>
    private static double[] PictureErrors(byte[] frames, long start) =>
    [
        .. Enumerable.Range(0, frames.Length / (32 * 18)).Select(index =>
        {
            int code = Enumerable.Range(0, 16).Sum(bit => frames[(index * 32 * 18) + (bit * 2)] > 127 ? 1 << bit : 0);
            return (double)(short)(code - (start + (index * 1000.0 / 30)));
        }),
    ];

    private static double[] BeepErrors(byte[] bytes, long start)
    {
        ReadOnlySpan<short> samples = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(bytes);
        var errors = new List<double>();
        int quiet = 44100;
        for (int i = 0; i < samples.Length; i++, quiet++)
        {
            if (Math.Abs((int)samples[i]) < 1000) continue;
            double inSecond = (start + (i / 44.1)) % 1000;
            if (quiet > 4410) errors.Add(inSecond > 500 ? inSecond - 1000 : inSecond);
            quiet = 0;
        }

        return [.. errors.Skip(1)];
    }
}
