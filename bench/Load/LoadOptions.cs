using System.Globalization;

namespace Bench.Load;

/// <summary>The command line.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        usage: Load --url http://HOST:PORT/whep/ROOM [options]
               Load --send-only --rtp-port P [options]
          --viewers N (10)           viewers that join by WHEP
          --rtp-in ROOM              asks the gateway of --url for a plain RTP entrance of that room and sends there
          --rtp-port P               or sends there; --rtp-host A (127.0.0.1)
          --no-send                  somebody else sends
          --audio                    sound instead of a picture: 50 packets/s
          --pps N (300)  --size BYTES (1100; sound 120)  --sizes FILE   one frame a line: sizes of its packets, repeated for ever
          --srtp gcm|cm80 (gcm)      --decrypt N (5) viewers that decrypt, check and measure latency
          --warmup S (3)  --seconds S (8)  --connect-timeout S (20)
          --server-pid P[,P]         whose processor time and memory is measured
          --label TEXT
        """;

    public Uri? Url { get; private init; }

    public int Viewers { get; private init; } = 10;

    public string? RtpIn { get; private init; }

    public int RtpPort { get; private init; }

    public string RtpHost { get; private init; } = "127.0.0.1";

    public bool Sends { get; private init; } = true;

    public bool SendsOnly { get; private init; }

    public bool IsAudio { get; private init; }

    public int PacketsPerSecond { get; private init; } = 300;

    public int? Size { get; private init; }

    public string? SizesFile { get; private init; }

    public bool IsGcm { get; private init; } = true;

    public int Decrypting { get; private init; } = 5;

    public double Warmup { get; private init; } = 3;

    public double Seconds { get; private init; } = 8;

    public double ConnectTimeout { get; private init; } = 20;

    public int[] ServerPids { get; private init; } = [];

    public string Label { get; private init; } = "";

    public int PacketSize => Size ?? (IsAudio ? 120 : 1100);

    /// <summary>Null where it can't be understood.</summary>
    public static LoadOptions? Parse(string[] arguments)
    {
        var options = new LoadOptions();
        for (int i = 0; i < arguments.Length; i++)
        {
            LoadOptions? next = arguments[i] switch
            {
                "--no-send" => options with { Sends = false },
                "--send-only" => options with { SendsOnly = true },
                "--audio" => options with { IsAudio = true },
                _ when i + 1 < arguments.Length => options.With(arguments[i], arguments[++i]),
                _ => null,
            };
            if (next is null) return null;
            options = next;
        }

        return options.Url is null && !options.SendsOnly ? null : options;
    }

    private LoadOptions? With(string name, string value) => name switch
    {
        "--url" => this with { Url = new Uri(value) },
        "--viewers" => this with { Viewers = Integer(value) },
        "--rtp-in" => this with { RtpIn = value },
        "--rtp-port" => this with { RtpPort = Integer(value) },
        "--rtp-host" => this with { RtpHost = value },
        "--pps" => this with { PacketsPerSecond = Integer(value) },
        "--size" => this with { Size = Integer(value) },
        "--sizes" => this with { SizesFile = value },
        "--srtp" => this with { IsGcm = value == "gcm" },
        "--decrypt" => this with { Decrypting = Integer(value) },
        "--warmup" => this with { Warmup = Number(value) },
        "--seconds" => this with { Seconds = Number(value) },
        "--connect-timeout" => this with { ConnectTimeout = Number(value) },
        "--server-pid" => this with { ServerPids = [.. value.Split(',').Select(Integer)] },
        "--label" => this with { Label = value },
        _ => null,
    };

    private static int Integer(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
