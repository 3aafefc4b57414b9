using System.Text.Json;
using TestKit.Measuring;
using TestKit.Sources;

namespace TestKit.Browsers;

/// <summary>What a page saw and heard; all times are Unix milliseconds of the same clock that the source draws from.</summary>
public sealed class Viewing
{
    public Viewing(JsonElement result)
    {
        Result = result;
        Frames = [.. Array(result, "frames").Select(f => new ShownFrame(
            f[0].GetDouble(), f[1].GetInt32(), f[2].GetInt32(), f[3].GetInt32(), (uint)f[4].GetDouble(), f[5].GetInt32()))];
        Onsets = [.. Array(result, "onsets").Select(o => o.GetDouble())];
        Windows = [.. Array(result, "windows").Select(w => new SoundWindow(w[0].GetDouble(), w[1].GetDouble(), w[2].GetDouble()))];
        Similarity = [.. Array(result, "similar").Select(s => s.GetDouble())];
        Problems = [.. Array(result, "problems").Select(p => p.GetString()!)];
    }

    public JsonElement Result { get; }

    /// <summary>What the barcodes of the source count.</summary>
    public BarcodeClock Clock { get; set; } = BarcodeClock.Unix;

    public IReadOnlyList<ShownFrame> Frames { get; }

    /// <summary>When sound began after silence.</summary>
    public IReadOnlyList<double> Onsets { get; }

    public IReadOnlyList<SoundWindow> Windows { get; }

    /// <summary>SSIM against the picture that was drawn.</summary>
    public IReadOnlyList<double> Similarity { get; }

    public IReadOnlyList<string> Problems { get; }

    public int Status => Result.TryGetProperty("status", out JsonElement status) ? status.GetInt32() : 0;

    public string Answer => Result.TryGetProperty("answer", out JsonElement answer) ? answer.GetString() ?? "" : "";

    public IEnumerable<ShownFrame> ReadableFrames => Frames.Where(frame => frame.Code >= 0);

    /// <summary>From the POST to the first picture.</summary>
    public double FirstPicture => Frames.Count == 0 ? double.NaN : Frames[0].Time - Time("posted");

    /// <summary>From the POST until ICE and DTLS are up.</summary>
    public double Connected => Time("connected") - Time("posted");

    public double Time(string name) =>
        Result.TryGetProperty("times", out JsonElement times) && times.TryGetProperty(name, out JsonElement time) ? time.GetDouble() : double.NaN;

    /// <summary>A number of the browser's statistics, NaN if it is not there.</summary>
    public double Stat(string group, string name) =>
        Result.TryGetProperty("stats", out JsonElement stats) && stats.TryGetProperty(group, out JsonElement entry)
            && entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble() : double.NaN;

    /// <summary>Milliseconds between drawing and showing of each readable frame from the given time on.</summary>
    public IEnumerable<double> Latencies(double from = 0, double to = double.MaxValue) =>
        ReadableFrames.Where(frame => frame.Time >= from && frame.Time < to).Select(Latency);

    public double Latency(ShownFrame frame) => Clock.Since(frame.Code, frame.Time);

    /// <summary>The largest time between two shown frames from the given time on.</summary>
    public double LargestGap(double from = 0, double to = double.MaxValue)
    {
        double[] times = [.. Frames.Select(frame => frame.Time).Where(time => time >= from && time < to)];
        return times.Zip(times.Skip(1), (a, b) => b - a).DefaultIfEmpty(double.PositiveInfinity).Max();
    }

    /// <summary>Frames that were handed to the screen per second; the page is not called back for each of them.</summary>
    public double FrameRate(double from, double to = double.MaxValue)
    {
        ShownFrame[] frames = [.. Frames.Where(frame => frame.Time >= from && frame.Time <= to)];
        return frames.Length < 2 ? 0 : (frames[^1].Presented - frames[0].Presented) * 1000 / (frames[^1].Time - frames[0].Time);
    }

    /// <summary>How many frames show an older picture than the frame before.</summary>
    /// <param name="allowed">Steps back at least half this far are the source's own: it began again.</param>
    public int BackwardSteps(int allowed = int.MaxValue)
    {
        ShownFrame[] frames = [.. ReadableFrames];
        int steps = 0;
        for (int i = 1; i < frames.Length; i++)
        {
            double step = Clock.Shortest(frames[i].Code - frames[i - 1].Code);
            if (step >= 0 || step <= -(allowed / 2)) continue;
            steps++;
            Report.Line(FormattableString.Invariant(
                $"  step back by {-step} at {frames[i].Time - Time("posted"):0} ms, RTP {frames[i - 1].RtpTimestamp} to {frames[i].RtpTimestamp}"));
        }

        return steps;
    }

    /// <summary>Milliseconds from each beep to its being heard.</summary>
    public IEnumerable<double> SoundLatencies(double from = 0, double to = double.MaxValue)
    {
        double seconds = WholeSecondsLate() * 1000.0;
        return Onsets.Where(time => time >= from && time < to).Select(time => (time % 1000) + seconds);
    }

    /// <summary>Sound later than picture, in milliseconds, by the medians from the given time on.</summary>
    public double SoundBehindPicture(double from = 0) =>
        Statistics.Median(SoundLatencies(from)) - Statistics.Median(Latencies(from));

    /// <summary>As many seconds as leave no beep in a second that is silent at the source.</summary>
    private int WholeSecondsLate() =>
        Enumerable.Range(0, TestSoundWriter.SilentSecond).MinBy(late =>
            Onsets.Count(time => (((long)time / 1000) - late) % TestSoundWriter.SilentSecond == 0));

    private static JsonElement.ArrayEnumerator Array(JsonElement result, string name) =>
        result.TryGetProperty(name, out JsonElement array) ? array.EnumerateArray() : default;
}

/// <param name="Code">The number in the barcode, -1 if it could not be read.</param>
public readonly record struct ShownFrame(double Time, int Code, int Width, int Height, uint RtpTimestamp, int Presented);

/// <param name="Level">dB of full scale.</param>
/// <param name="SignalToNoise">dB between the tone and all that is not the tone.</param>
public readonly record struct SoundWindow(double Time, double Level, double SignalToNoise);
