using System.Globalization;
using System.Net;
using Protocols.Sdp;

namespace TestKit.WebRtc;

/// <summary>What a test peer must know of the gateway, by a plain search through the lines of its answer.</summary>
public sealed record RemotePeer(
    string UsernameFragment, string Password, Fingerprint Fingerprint, IReadOnlyList<IPEndPoint> Candidates)
{
    /// <summary>Passive TCP ones (RFC 6544).</summary>
    public IReadOnlyList<IPEndPoint> TcpCandidates { get; private init; } = [];

    public static RemotePeer Parse(string answer)
    {
        string[] lines = answer.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (!Fingerprint.TryParse(Find(lines, "a=fingerprint:"), out Fingerprint? fingerprint))
            throw new FormatException("No fingerprint in the answer");
        List<IPEndPoint> udp = [], tcp = [];
        foreach (string line in lines)
        {
            if (!line.StartsWith("a=candidate:", StringComparison.Ordinal)) continue;
            string[] fields = line.Split(' ');
            List<IPEndPoint> candidates = fields[2].Equals("udp", StringComparison.OrdinalIgnoreCase) ? udp : tcp;
            var candidate = new IPEndPoint(IPAddress.Parse(fields[4]), int.Parse(fields[5], CultureInfo.InvariantCulture));
            if (!candidates.Contains(candidate)) candidates.Add(candidate);
        }

        return new RemotePeer(Find(lines, "a=ice-ufrag:"), Find(lines, "a=ice-pwd:"), fingerprint!, udp) { TcpCandidates = tcp };
    }

    private static string Find(string[] lines, string prefix) =>
        lines.FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..]
        ?? throw new FormatException($"No {prefix} in the answer");
}
