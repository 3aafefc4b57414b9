using System.Globalization;
using TestKit.Browsers;
using TestKit.Measuring;

namespace Browser.Tests;

/// <summary>The first seconds of one viewer, in milliseconds.</summary>
internal sealed record JoinFigures(double Connected, double FirstPicture, double AtLive, double LargestGap, int BackwardSteps, double SteadyLatency)
{
    private const double WithinOfLive = 50;
    private const int FramesThatStay = 6;

    public static JoinFigures Of(Viewing viewing)
    {
        if (viewing.Frames.Count == 0) return new JoinFigures(viewing.Connected, double.NaN, double.NaN, double.PositiveInfinity, 0, double.NaN);
        double first = viewing.Frames[0].Time;
        double steady = Statistics.Median(viewing.Latencies(first + 4000, first + 6000));
        return new JoinFigures(
            viewing.Connected, viewing.FirstPicture, TimeUntilLive(viewing, steady), viewing.LargestGap(), viewing.BackwardSteps(), steady);
    }

    public static string Key(double position, string name) => string.Create(CultureInfo.InvariantCulture, $"{position} s {name}");

    public void AddTo(Dictionary<string, double> figures, double position, double laterThanReference)
    {
        figures[Key(position, "DTLS")] = Connected;
        figures[Key(position, "picture")] = FirstPicture;
        figures[Key(position, "live")] = AtLive;
        figures[Key(position, "gap")] = LargestGap;
        figures[Key(position, "backward")] = BackwardSteps;
        figures[Key(position, "latency")] = SteadyLatency;
        figures[Key(position, "later than reference")] = laterThanReference;
    }

    /// <summary>From the first picture until the pictures are, and stay, within 50 ms of the latency that is kept later.</summary>
    private static double TimeUntilLive(Viewing viewing, double steady)
    {
        ShownFrame[] frames = [.. viewing.ReadableFrames];
        for (int i = 0; i + FramesThatStay <= frames.Length; i++)
        {
            if (frames.AsSpan(i, FramesThatStay).ToArray().All(frame => viewing.Latency(frame) <= steady + WithinOfLive))
                return frames[i].Time - viewing.Frames[0].Time;
        }

        return double.PositiveInfinity;
    }
}
