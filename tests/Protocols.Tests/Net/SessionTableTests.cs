using System.Net;
using System.Security.Cryptography;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Stun;
using TestKit;

namespace Protocols.Tests.Net;

public sealed class SessionTableTests
{
    private static readonly byte[] Media = [0x80, 96, .. new byte[20]];

    private readonly SessionTable _table = new(0);
    private readonly Session _one = new();
    private readonly Session _other = new();

    public SessionTableTests()
    {
        Assert.True(_table.TryAdd("Aone", _one));
        Assert.True(_table.TryAdd("Aother", _other));
    }

    [Fact]
    public void A_check_is_found_by_its_fragment_and_media_by_the_validated_route()
    {
        _table.OnDatagram(CheckFor("Aone"), To(1), 0);
        _table.OnDatagram(CheckFor("Aother"), To(2), 0);
        Assert.Equal((1, 1), (_one.Count, _other.Count));
        _table.OnDatagram(Media, To(1), 0);
        Assert.Equal(1, _table.Statistics.UnknownRoute);
        _table.AddRoute(To(1), _one);
        _table.OnDatagram(Media, To(1), 0);
        Assert.Equal((2, 1), (_one.Count, _other.Count));
    }

    [Fact]
    public void A_check_for_another_session_on_a_known_route_goes_to_that_session()
    {
        _table.AddRoute(To(1), _one);
        _table.OnDatagram(CheckFor("Aother"), To(1), 0);
        Assert.Equal((0, 1), (_one.Count, _other.Count));
        _table.AddRoute(To(1), _other);
        _table.OnDatagram(Media, To(1), 0);
        Assert.Equal((0, 2), (_one.Count, _other.Count));
        _table.Remove(_one);
        _table.OnDatagram(Media, To(1), 0);
        Assert.Equal(3, _other.Count);
    }

    [Fact]
    public void A_removed_session_hears_nothing_more()
    {
        _table.AddRoute(To(1), _one);
        Assert.True(_table.TryAdd("Aone2", _one));
        _table.Remove(_one);
        _table.Remove(_one);
        _table.OnDatagram(Media, To(1), 0);
        _table.OnDatagram(CheckFor("Aone"), To(1), 0);
        _table.OnDatagram(CheckFor("Aone2"), To(1), 0);
        Assert.Equal(0, _one.Count);
        Assert.Equal(2, _table.Statistics.UnknownFragment);
        Assert.Equal(1, _table.Count);
        Assert.True(_table.TryAdd("Aone", _other));
    }

    [Fact]
    public void A_forgotten_route_is_a_strangers_again()
    {
        _table.AddRoute(To(1), _one);
        _table.RemoveRoute(To(1), _other);
        _table.OnDatagram(Media, To(1), 0);
        _table.RemoveRoute(To(1), _one);
        _table.OnDatagram(Media, To(1), 0);
        Assert.Equal(1, _one.Count);
        Assert.Equal(1, _table.Statistics.UnknownRoute);
    }

    [Fact]
    public void Strangers_are_counted_by_reason()
    {
        _table.OnDatagram(CheckFor("Anone"), To(1), 0);
        _table.OnDatagram(CheckFor("Bnone"), To(1), 0);
        _table.OnDatagram(CheckFor(new string('A', 100)), To(1), 0);
        _table.OnDatagram([], To(1), 0);
        byte[] broken = CheckFor("Aone");
        broken[3] ^= 4;
        _table.OnDatagram(broken, To(1), 0);
        Assert.Equal(2, _table.Statistics.UnknownFragment);
        Assert.Equal(1, _table.Statistics.ForeignLoop);
        Assert.Equal(1, _table.Statistics.UnknownRoute);
        Assert.Equal(1, _table.Statistics.MalformedStun);
    }

    [Fact]
    public void A_fragment_belongs_to_one_session() => Assert.False(_table.TryAdd("Aone", _other));

    [Fact]
    public void Finding_a_session_does_not_allocate()
    {
        byte[] check = CheckFor("Aone");
        Route route = To(1), stranger = To(2);
        _table.AddRoute(route, _one);
        _table.OnDatagram(check, route, 0);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                _table.OnDatagram(check, route, 0);
                _table.OnDatagram(Media, route, 0);
                _table.OnDatagram(Media, stranger, 0);
            }
        });
    }

    [Fact]
    public void Fragments_that_we_make_fit()
    {
        using var random = RandomNumberGenerator.Create();
        string fragment = IceCredentials.Create(0, random).UsernameFragment;
        Assert.True(_table.TryAdd(fragment, _one));
        _table.OnDatagram(CheckFor(fragment), To(9), 0);
        Assert.Equal(1, _one.Count);
    }

    [Fact]
    public void Media_from_another_port_of_a_known_host_goes_to_the_session_that_knows_it_as_its_own()
    {
        _table.AddRoute(To(1), _other);
        _table.AddRoute(From(1, port: 10), _one);
        _other.Follows = true;
        _table.OnDatagram(Media, From(1, port: 11), 0);
        Assert.Equal((1, 1, 0), (_one.Asked, _other.Asked, _table.Statistics.UnknownRoute));
        Assert.Equal(1, _table.Statistics.MovedPeers);
    }

    [Fact]
    public void Strangers_from_other_hosts_are_not_shown_to_sessions_and_others_only_few_times()
    {
        _table.AddRoute(To(1), _one);
        _table.OnDatagram(Media, To(2), 0);
        Assert.Equal(0, _one.Asked);
        for (int i = 0; i < 10 * MovedPeers.MostAttempts; i++) _table.OnDatagram(Media, From(1, port: 1000 + i), 0);
        Assert.Equal(MovedPeers.MostAttempts, _one.Asked);
        _table.OnDatagram(Media, From(1, port: 999), MovedPeers.Period);
        Assert.Equal(MovedPeers.MostAttempts + 1, _one.Asked);
    }

    [Fact]
    public void A_check_tells_its_loop_and_whether_it_is_a_sessions()
    {
        Assert.True(_table.IsCheckOfASession(CheckFor("Aone")));
        Assert.False(_table.IsCheckOfASession(CheckFor("Anone")));
        Assert.False(_table.IsCheckOfASession(Media));
        Assert.True(SessionTable.TryReadLoop(CheckFor("Bother"), out int loop));
        Assert.Equal(1, loop);
        Assert.False(SessionTable.TryReadLoop(CheckFor("!other"), out _));
        Assert.False(SessionTable.TryReadLoop(Media, out _));
    }

    [Fact]
    public void The_session_is_told_of_a_connection_that_closed_and_hears_nothing_more_along_it()
    {
        Route connection = OverTcp(1);
        _table.AddRoute(connection, _one);
        Assert.True(_table.Contains(connection));
        _table.Lose(connection);
        Assert.Equal([connection], _one.Lost);
        _table.Lose(connection);
        Assert.Single(_one.Lost);
        Assert.False(_table.Contains(connection));
    }

    [Fact]
    public void A_connection_is_another_route_than_UDP_between_the_same_addresses_and_never_moves()
    {
        _table.AddRoute(To(1), _one);
        _one.Follows = true;
        _table.OnDatagram(Media, OverTcp(1), 0);
        Assert.Equal((0, 0, 1), (_one.Count, _one.Asked, _table.Statistics.UnknownRoute));
    }

    private static Route OverTcp(int host) => new(To(host).Local, To(host).Remote, TransportProtocol.Tcp);

    private static Route From(int host, int port) => new(To(host).Local, To(host).Remote.WithPort(port));

    private static Route To(int host) => new(
        TransportAddress.From(IPAddress.Loopback, 8000), TransportAddress.From(new IPAddress([192, 0, 2, (byte)host]), 9));

    private static byte[] CheckFor(string fragment)
    {
        byte[] buffer = new byte[300];
        int length = StunWriter.WriteBindingRequest(buffer, new byte[12], fragment + ":peer", "password", 1, false);
        return buffer[..length];
    }

    private sealed class Session : IDatagramSession
    {
        public int Count { get; private set; }

        public int Asked { get; private set; }

        public bool Follows { get; set; }

        public List<Route> Lost { get; } = [];

        public void OnRouteLost(in Route route) => Lost.Add(route);

        public void Receive(ReadOnlySpan<byte> datagram, in Route route, long now) => Count++;

        public bool TryFollow(ReadOnlySpan<byte> datagram, in Route route, long now)
        {
            Asked++;
            return Follows;
        }
    }
}
