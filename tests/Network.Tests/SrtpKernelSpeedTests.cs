using System.Globalization;
using Protocols.Srtp;
using TestKit.Measuring;
using TestKit.Skipping;

namespace Network.Tests;

/// <summary>What the kernels are there for: ratios within one run, since the times themselves are the machine's.</summary>
[Trait("Suite", "hotpath")]
public sealed class SrtpKernelSpeedTests
{
    private const double MostOfPortable = 0.5;

    /// <summary>A hostile packet of full length, in units of what .NET takes to protect one.</summary>
    private const double MostForGarbage = 0.75;

    [TimedTheory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AeadAes256Gcm)]
    [InlineData(SrtpProfile.Aes128CmSha1Tag80)]
    public async Task A_packet_costs_at_most_half_of_what_it_costs_with_dotnet_s_ciphers(SrtpProfile profile)
    {
        if (SrtpTimings.Kernels.Contains("AES-GCM: .NET", StringComparison.Ordinal))
            throw new NotJudgedException("This processor has no instructions that the kernels are made of.");
        Dictionary<string, double> figures = await TimedRounds.RunAsync(
            $"SRTP {profile}, ns per packet", 10, () => Task.FromResult(Round(profile)), figures => Holds(profile, figures));

        Assert.True(Holds(profile, figures), $"{Best(profile, figures):0} of {figures[Key(SrtpTimings.Portable, 1100)]:0} ns");
    }

    private static Dictionary<string, double> Round(SrtpProfile profile)
    {
        var figures = new Dictionary<string, double>();
        foreach (int payload in (int[])[1100, 160])
            foreach ((string name, double nanoseconds) in SrtpTimings.Measure(profile, payload)) figures[Key(name, payload)] = nanoseconds;
        return figures;
    }

    private static bool Holds(SrtpProfile profile, Dictionary<string, double> figures)
    {
        double portable = figures[Key(SrtpTimings.Portable, 1100)];
        return Best(profile, figures) <= MostOfPortable * portable
            && figures[Key(SrtpTimings.Garbage, 1100)] <= MostForGarbage * portable
            && figures[Key(SrtpTimings.Replayed, 1100)] <= figures[Key(SrtpTimings.Garbage, 1100)];
    }

    /// <summary>GCM has no lanes; of the others the widest counts, which is the one that is used.</summary>
    private static double Best(SrtpProfile profile, Dictionary<string, double> figures) => profile.IsAead
        ? figures[Key(SrtpTimings.Own, 1100)]
        : figures.Where(figure => figure.Key.EndsWith("lanes, 1100 B", StringComparison.Ordinal)).Min(figure => figure.Value);

    private static string Key(string name, int payload) => string.Create(CultureInfo.InvariantCulture, $"{name}, {payload} B");
}
