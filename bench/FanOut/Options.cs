using System.Globalization;
using Protocols.Srtp;

namespace Bench.FanOut;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        usage: FanOut [--viewers 50,150,300,1000] [--srtp gcm,cm80] [--rounds 9] [--burst 10] [--length 1100] [--packets 60000] [--loops-viewers 300]
        One publisher to so many viewers in this process, to sockets that nobody reads; beside it the C program of bench/floor.
        """;

    public int[] Viewers { get; private init; } = [50, 150, 300, 1000];

    public SrtpProfile[] Profiles { get; private init; } = [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmSha1Tag80];

    public int Rounds { get; private init; } = 9;

    public int Burst { get; private init; } = 10;

    /// <summary>Bytes of payload.</summary>
    public int Length { get; private init; } = 1100;

    /// <summary>Sent in each round, of all viewers together.</summary>
    public int Packets { get; private init; } = 60_000;

    /// <summary>For the comparison of one loop with two; 0 = none.</summary>
    public int LoopsViewers { get; private init; } = 300;

    public static string NameOf(SrtpProfile profile) => profile == SrtpProfile.AeadAes128Gcm ? "gcm" : "cm80";

    /// <summary>Null where it can't be understood.</summary>
    public static Options? Parse(string[] arguments)
    {
        var options = new Options();
        for (int i = 0; i + 1 < arguments.Length; i += 2)
        {
            string value = arguments[i + 1];
            Options? next = arguments[i] switch
            {
                "--viewers" => options with { Viewers = [.. value.Split(',').Select(Number)] },
                "--srtp" => options with { Profiles = [.. value.Split(',').Select(name => name == "gcm" ? SrtpProfile.AeadAes128Gcm : SrtpProfile.Aes128CmSha1Tag80)] },
                "--rounds" => options with { Rounds = Number(value) },
                "--burst" => options with { Burst = Number(value) },
                "--length" => options with { Length = Number(value) },
                "--loops-viewers" => options with { LoopsViewers = Number(value) },
                "--packets" => options with { Packets = Number(value) },
                _ => null,
            };
            if (next is null) return null;
            options = next;
        }

        return arguments.Length % 2 == 0 ? options : null;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
