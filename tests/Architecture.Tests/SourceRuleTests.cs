using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>What must not stand in a source file.</summary>
public partial class SourceRuleTests
{
    [Fact]
    public void Time_chance_and_threads_come_in_as_arguments() =>
        AssertOnlyIn(Repository.ProductSources, BannedCall(), Allowed.BannedCalls);

    [Fact]
    public void Sockets_are_known_only_in_the_Net_folders() =>
        AssertOnlyIn(
            Repository.ProductSources.Where(file => !file.Path.Contains("/Net/", StringComparison.Ordinal)),
            Sockets(),
            Allowed.Sockets);

    [Fact]
    public void Unsafe_code_stays_in_its_folders() =>
        AssertOnlyIn(Repository.ProductSources, Unsafe(), Allowed.Unsafe, mayBeUnused: true);

    [Fact]
    public void Native_functions_are_bound_by_source_generation() =>
        AssertOnlyIn(Repository.ProductSources, DllImport(), []);

    [Fact]
    public void Nothing_is_logged_past_the_source_generator() =>
        AssertOnlyIn(Repository.ProductSources, RawLog(), Allowed.RawLog);

    [Fact]
    public void No_file_hides_parts_in_regions() =>
        AssertOnlyIn(Repository.Sources, Region(), []);

    [Fact]
    public void A_unit_test_does_not_sleep() =>
        AssertOnlyIn(
            Repository.Sources.Where(file => file.Path.EndsWith("Tests.cs", StringComparison.Ordinal)
                && !file.Text.Contains("[Trait(\"Suite\"", StringComparison.Ordinal)),
            Sleep(),
            []);

    [Fact]
    public void No_folder_is_a_drawer_for_everything()
    {
        string[] forbidden = ["Common", "Utils", "Utilities", "Helpers", "Managers", "Services", "Contracts", "Misc"];
        Assert.DoesNotContain(Repository.Directories(), path => forbidden.Contains(path.Split('/')[^1]));
    }

    private static void AssertOnlyIn(
        IEnumerable<SourceFile> files, Regex rule, Exemption[] exemptions, bool mayBeUnused = false)
    {
        var offences = new List<string>();
        var used = new HashSet<Exemption>();
        foreach (SourceFile file in files)
        {
            foreach (Match match in rule.Matches(file.Code))
            {
                Exemption? exemption = exemptions.FirstOrDefault(e => e.Covers(file.Path));
                if (exemption is null) offences.Add($"{file.Path}:{file.LineAt(match.Index)}: {match.Value}");
                else used.Add(exemption);
            }
        }

        if (!mayBeUnused) offences.AddRange(exemptions.Except(used).Select(e => $"exemption that nothing needs: {e.Path}"));
        Assert.True(offences.Count == 0, string.Join('\n', offences));
    }

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now)\b|\bStopwatch\b|\bTask\.(Run|Factory)\b|\bnew Thread\b|\bRandom\.Shared\b|\bEnvironment\.TickCount|\bThread\.Sleep\b")]
    private static partial Regex BannedCall();

    [GeneratedRegex(@"\bSystem\.Net\.Sockets\b")]
    private static partial Regex Sockets();

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"\bDllImport\b")]
    private static partial Regex DllImport();

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(|\bConsole\.(Write|Error)")]
    private static partial Regex RawLog();

    [GeneratedRegex(@"^\s*#region\b", RegexOptions.Multiline)]
    private static partial Regex Region();

    [GeneratedRegex(@"\bThread\.Sleep\b|\bTask\.Delay\b")]
    private static partial Regex Sleep();
}
