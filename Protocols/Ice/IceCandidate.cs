using System.Globalization;
using System.Text;

namespace Protocols.Ice;

/// <summary>One <c>candidate</c> attribute (RFC 8839 §5.1). The address stays text: browsers send mDNS names.</summary>
public sealed record IceCandidate
{
    public const int RtpComponent = 1;

    private const int MaxTextLength = 512;

    public required string Foundation { get; init; }

    public int Component { get; init; } = RtpComponent;

    /// <summary><c>udp</c> or <c>tcp</c>.</summary>
    public string Transport { get; init; } = "udp";

    public required uint Priority { get; init; }

    public required string Address { get; init; }

    public required int Port { get; init; }

    public IceCandidateType Type { get; init; } = IceCandidateType.Host;

    /// <summary>active, passive or so (RFC 6544 §4.5); null for UDP.</summary>
    public string? TcpType { get; init; }

    /// <summary>RFC 8445 §5.1.2.1.</summary>
    public static uint PriorityOf(IceCandidateType type, int localPreference, int component = RtpComponent) =>
        ((uint)type << 24) | ((uint)localPreference << 8) | (uint)(256 - component);

    /// <summary>
    /// Of a passive TCP candidate, below all UDP ones: type preference 90 as Chromium's own, direction preference 4
    /// (RFC 6544 §4.2), then the rank among its like.
    /// </summary>
    public static uint PassiveTcpPriorityOf(int rank) => PriorityOf((IceCandidateType)90, (4 << 13) | (8191 - rank));

    /// <summary>Reads the value of an <c>a=candidate:</c> line, with or without that name before it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IceCandidate? candidate)
    {
        candidate = null;
        if (text.StartsWith("a=", StringComparison.Ordinal)) text = text[2..];
        if (text.StartsWith("candidate:", StringComparison.Ordinal)) text = text["candidate:".Length..];
        text = text.Trim();
        if (text.Length > MaxTextLength) return false;
        // foundation component transport priority address port "typ" type, then pairs of name and value
        Span<Range> fields = stackalloc Range[9];
        int count = text.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries);
        if (count < 8 || !text[fields[6]].SequenceEqual("typ")) return false;
        if (!TryNumber(text[fields[1]], 1, 256, out uint component)
            || !TryNumber(text[fields[3]], 0, uint.MaxValue, out uint priority)
            || !TryNumber(text[fields[5]], 0, ushort.MaxValue, out uint port)
            || !TryType(text[fields[7]], out IceCandidateType type)) return false;
        bool isTcp = text[fields[2]].Equals("tcp", StringComparison.OrdinalIgnoreCase);
        if (!isTcp && !text[fields[2]].Equals("udp", StringComparison.OrdinalIgnoreCase)) return false;
        candidate = new IceCandidate
        {
            Foundation = text[fields[0]].ToString(),
            Component = (int)component,
            Transport = isTcp ? "tcp" : "udp",
            Priority = priority,
            Address = text[fields[4]].ToString(),
            Port = (int)port,
            Type = type,
            TcpType = count > 8 ? Extension(text[fields[8]], "tcptype") : null,
        };
        return true;
    }

    /// <summary>The value of the attribute, <c>candidate:</c> included.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(96);
        text.Append(CultureInfo.InvariantCulture, $"candidate:{Foundation} {Component} {Transport} {Priority} {Address} {Port} typ {NameOf(Type)}");
        if (TcpType is not null) text.Append(" tcptype ").Append(TcpType);
        return text.ToString();
    }

    private static string? Extension(ReadOnlySpan<char> rest, string name)
    {
        bool isName = true, isWanted = false;
        foreach (Range range in rest.Split(' '))
        {
            ReadOnlySpan<char> field = rest[range];
            if (field.IsEmpty) continue;
            if (!isName && isWanted) return field.ToString();
            isWanted = isName && field.SequenceEqual(name);
            isName = !isName;
        }

        return null;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, uint low, uint high, out uint value) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= low && value <= high;

    private static bool TryType(ReadOnlySpan<char> text, out IceCandidateType type)
    {
        type = text switch
        {
            "host" => IceCandidateType.Host,
            "srflx" => IceCandidateType.ServerReflexive,
            "prflx" => IceCandidateType.PeerReflexive,
            _ => IceCandidateType.Relayed,
        };
        return type != IceCandidateType.Relayed || text.SequenceEqual("relay");
    }

    private static string NameOf(IceCandidateType type) => type switch
    {
        IceCandidateType.Host => "host",
        IceCandidateType.ServerReflexive => "srflx",
        IceCandidateType.PeerReflexive => "prflx",
        _ => "relay",
    };
}
