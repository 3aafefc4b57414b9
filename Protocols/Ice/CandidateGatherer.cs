using System.Globalization;
using System.Net;
using Protocols.Net;

namespace Protocols.Ice;

/// <summary>
/// Chooses the addresses that an answer names: those of the machine without container and VPN bridges (they slow
/// clients down and lead nowhere), the announced ones, and for a client on this machine the loopback ones before all.
/// </summary>
public sealed class CandidateGatherer
{
    /// <summary>Of each transport: more candidates only cost the client checks.</summary>
    private const int MaxCandidates = 24;

    private static readonly string[] SkippedInterfaces =
        ["docker", "br-", "virbr", "lxcbr", "lxdbr", "podman", "cni", "flannel", "cali", "vmnet", "vboxnet",
         "tun", "tap", "utun", "wg", "tailscale", "zt"];

    private readonly List<IPAddress> _addresses = [];
    private readonly int _port;
    private readonly Func<int?>? _tcpPort;

    /// <param name="own">What the machine has, see <see cref="InterfaceAddress.ReadAll"/>.</param>
    /// <param name="announced">What the user has set: public addresses behind a one-to-one NAT.</param>
    /// <param name="tcpPort">Where TCP connections are taken, once that is known; null = nowhere.</param>
    public CandidateGatherer(
        IEnumerable<InterfaceAddress> own, IEnumerable<IPAddress> announced, int port, Func<int?>? tcpPort = null)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(announced);
        _port = port;
        _tcpPort = tcpPort;
        foreach (IPAddress address in announced) AddOnce(address);
        foreach (InterfaceAddress address in own)
            if (IsUseful(address)) AddOnce(address.Address);
    }

    /// <summary>What every client is told, best first.</summary>
    public IReadOnlyList<IPAddress> Addresses => _addresses;

    /// <summary>The candidates for an answer to a request that came from <paramref name="requester"/>.</summary>
    public IReadOnlyList<IceCandidate> Gather(IPAddress? requester)
    {
        var addresses = new List<IPAddress>();
        if (requester is not null && IsLoopback(requester))
        {
            // The family that the page came over is sure to work.
            bool isIPv4 = requester.IsIPv4MappedToIPv6 || TransportAddress.From(requester, 0).IsIPv4;
            addresses.Add(isIPv4 ? IPAddress.Loopback : IPAddress.IPv6Loopback);
            addresses.Add(isIPv4 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
        }

        foreach (IPAddress address in _addresses)
            if (!addresses.Contains(address) && addresses.Count < MaxCandidates) addresses.Add(address);
        var candidates = new List<IceCandidate>(2 * addresses.Count);
        for (int i = 0; i < addresses.Count; i++) candidates.Add(Make(addresses[i], i));
        if (_tcpPort?.Invoke() is { } tcpPort)
            for (int i = 0; i < addresses.Count; i++) candidates.Add(MakeTcp(addresses[i], i, addresses.Count + i, tcpPort));
        return candidates;
    }

    private IceCandidate Make(IPAddress address, int rank) => new()
    {
        // Each address is a foundation of its own: other base, other foundation (RFC 8445 §5.1.1.3).
        Foundation = (rank + 1).ToString(CultureInfo.InvariantCulture),
        Priority = IceCandidate.PriorityOf(IceCandidateType.Host, ushort.MaxValue - rank),
        Address = address.ToString(),
        Port = _port,
    };

    /// <summary>RFC 6544 §4.5. For peers whose firewall lets no UDP through; they connect, we never do.</summary>
    private static IceCandidate MakeTcp(IPAddress address, int rank, int foundation, int port) => new()
    {
        Foundation = (foundation + 1).ToString(CultureInfo.InvariantCulture),
        Transport = "tcp",
        Priority = IceCandidate.PassiveTcpPriorityOf(rank),
        Address = address.ToString(),
        Port = port,
        TcpType = "passive",
    };

    private void AddOnce(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (!_addresses.Contains(plain)) _addresses.Add(plain);
    }

    private static bool IsUseful(InterfaceAddress own)
    {
        foreach (string prefix in SkippedInterfaces)
            if (own.Interface.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return false;
        IPAddress address = own.Address;
        return !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !address.IsIPv6Multicast
            && !IsIPv4LinkLocal(address) && !TransportAddress.From(address, 0).IsUnspecified;
    }

    private static bool IsLoopback(IPAddress address) => TransportAddress.From(address, 0).IsLoopback;

    private static bool IsIPv4LinkLocal(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out int written) && written == 4 && bytes[0] == 169 && bytes[1] == 254;
    }
}
