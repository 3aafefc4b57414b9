using System.Globalization;
using TestKit.Skipping;

namespace TestKit.Measuring;

/// <summary>
/// Runs a timing test beside a hiccup probe: a round whose probe is too restless is void and comes again, three rounds at
/// most; limits hold for the medians of the valid rounds. Three void rounds skip the test (a <see cref="TimedFactAttribute"/>),
/// with the probe's figures.
/// </summary>
public static class TimedRounds
{
    private const int MostRounds = 3;

    /// <summary>Several valid rounds instead of one.</summary>
    public static bool IsFull => Environment.GetEnvironmentVariable("TEST_LENGTH") == "full";

    public static int Seconds(int usual, int full) => IsFull ? full : usual;

    /// <param name="limitMilliseconds">The tightest limit that the figures are held against.</param>
    /// <param name="holds">
    /// Whether the limits hold for these medians. A short run ends with the first valid round for which they do; where they
    /// don't, it goes on, and all valid rounds count.
    /// </param>
    /// <returns>Per figure the median of the valid rounds.</returns>
    public static async Task<Dictionary<string, double>> RunAsync(
        string title, double limitMilliseconds, Func<Task<Dictionary<string, double>>> round,
        Predicate<Dictionary<string, double>>? holds = null)
    {
        double threshold = HiccupProbe.Threshold(limitMilliseconds);
        var valid = new List<Dictionary<string, double>>();
        var probes = new List<double>();
        for (int i = 0; i < MostRounds && !IsEnough(valid, holds); i++)
        {
            var probe = new HiccupProbe();
            Dictionary<string, double> figures;
            try
            {
                figures = await round();
            }
            finally
            {
                probe.Dispose();
            }

            bool isValid = probe.P99 <= threshold;
            probes.Add(probe.P99);
            if (isValid) valid.Add(figures);
            Report.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{title}, round {i + 1}{(isValid ? "" : " (void)")}: probe p99 {probe.P99:0.00} ms; {Describe(figures)}"));
        }

        if (valid.Count == 0) Skip(title, threshold, probes);
        return Medians(valid);
    }

    private static bool IsEnough(List<Dictionary<string, double>> valid, Predicate<Dictionary<string, double>>? holds) =>
        valid.Count > 0 && !IsFull && (holds is null || holds(Medians(valid)));

    private static Dictionary<string, double> Medians(List<Dictionary<string, double>> rounds) =>
        rounds[0].Keys.ToDictionary(key => key, key => Statistics.Median(rounds.Where(f => f.ContainsKey(key)).Select(f => f[key])));

    private static string Describe(Dictionary<string, double> figures) =>
        string.Join(", ", figures.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key} {f.Value:0.#}")));

    private static void Skip(string title, double threshold, List<double> probes) =>
        throw new NotJudgedException(string.Create(
            CultureInfo.InvariantCulture,
            $"{title}: the machine was too restless, probe p99 {string.Join(", ", probes.Select(p => p.ToString("0.0", CultureInfo.InvariantCulture)))} ms above {threshold:0.0} ms"));
}
