using System.Net;
using Protocols.Ice;
using Protocols.Net;

namespace Protocols.Tests.Ice;

public sealed class CandidateGathererTests
{
    private static readonly InterfaceAddress[] Machine =
    [
        new("lo", IPAddress.Loopback), new("lo", IPAddress.IPv6Loopback),
        new("eth0", IPAddress.Parse("192.0.2.2")), new("eth0", IPAddress.Parse("2001:db8::2")),
        new("eth0", IPAddress.Parse("fe80::1")), new("eth0", IPAddress.Parse("169.254.3.4")),
        new("veth7", IPAddress.Parse("10.1.0.1")),
        new("docker0", IPAddress.Parse("172.17.0.1")), new("br-0a1b2c3d4e5f", IPAddress.Parse("172.18.0.1")),
        new("virbr0", IPAddress.Parse("192.168.122.1")), new("tun0", IPAddress.Parse("10.8.0.2")),
        new("wg0", IPAddress.Parse("10.9.0.2")), new("br0", IPAddress.Parse("192.168.1.5")),
    ];

    [Fact]
    public void Own_addresses_come_without_loopback_bridges_VPNs_and_link_local_ones() =>
        Assert.Equal(
            ["192.0.2.2", "2001:db8::2", "10.1.0.1", "192.168.1.5"],
            AddressesFor(IPAddress.Parse("198.51.100.1")));

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "::1")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", "::1")]
    [InlineData("::1", "::1", "127.0.0.1")]
    public void A_client_on_this_machine_gets_loopback_first(string requester, string first, string second)
    {
        string[] addresses = AddressesFor(IPAddress.Parse(requester));
        Assert.Equal([first, second, "192.0.2.2"], addresses[..3]);
    }

    [Fact]
    public void Earlier_candidates_have_higher_priorities_and_other_foundations()
    {
        IReadOnlyList<IceCandidate> candidates = Gatherer([]).Gather(IPAddress.Loopback);
        for (int i = 1; i < candidates.Count; i++)
        {
            Assert.True(candidates[i - 1].Priority > candidates[i].Priority);
            Assert.NotEqual(candidates[i - 1].Foundation, candidates[i].Foundation);
        }

        Assert.All(candidates, candidate => Assert.Equal(8000, candidate.Port));
        Assert.Equal("candidate:1 1 udp 2130706431 127.0.0.1 8000 typ host", candidates[0].ToString());
    }

    [Fact]
    public void Passive_TCP_candidates_come_after_and_below_all_UDP_ones_once_their_port_is_known()
    {
        int? port = null;
        var gatherer = new CandidateGatherer(Machine, [], 8000, () => port);
        IReadOnlyList<IceCandidate> udp = gatherer.Gather(IPAddress.Loopback);
        port = 8001;
        IReadOnlyList<IceCandidate> both = gatherer.Gather(IPAddress.Loopback);
        Assert.Equal(udp, both.Take(udp.Count));
        IceCandidate[] tcp = [.. both.Skip(udp.Count)];
        Assert.Equal(udp.Select(candidate => candidate.Address), tcp.Select(candidate => candidate.Address));
        Assert.All(tcp, candidate => Assert.Equal(("tcp", "passive", 8001), (candidate.Transport, candidate.TcpType, candidate.Port)));
        Assert.Equal("candidate:7 1 tcp 1520435199 127.0.0.1 8001 typ host tcptype passive", tcp[0].ToString());
        Assert.Equal(both.OrderByDescending(candidate => candidate.Priority), both);
        Assert.Equal(both.Count, both.Select(candidate => candidate.Foundation).Distinct().Count());
    }

    [Fact]
    public void Announced_addresses_are_added_once()
    {
        CandidateGatherer gatherer = Gatherer([IPAddress.Parse("203.0.113.9"), IPAddress.Parse("192.0.2.2")]);
        Assert.Equal("203.0.113.9", gatherer.Addresses[0].ToString());
        Assert.Equal(gatherer.Addresses.Count, gatherer.Addresses.Distinct().Count());
        Assert.Equal(5, gatherer.Addresses.Count);
    }

    [Fact]
    public void This_machine_has_a_loopback_address() =>
        Assert.Contains(InterfaceAddress.ReadAll(), own => IPAddress.IsLoopback(own.Address));

    private static CandidateGatherer Gatherer(IPAddress[] announced) => new(Machine, announced, 8000);

    private static string[] AddressesFor(IPAddress requester) =>
        [.. Gatherer([]).Gather(requester).Select(candidate => candidate.Address)];
}
