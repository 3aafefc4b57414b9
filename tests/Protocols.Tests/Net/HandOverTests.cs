using System.Net;
using Media.Buffers;
using Protocols.Net;
using Protocols.Stun;
using TestKit;

namespace Protocols.Tests.Net;

/// <summary>Two loops, each with a table: what one of them hears for the other.</summary>
public sealed class HandOverTests
{
    private static readonly byte[] s_media = [0x80, 96, .. new byte[20]];

    private readonly BufferPool _pool = new();
    private readonly TestLoops _loops = new(2);
    private readonly SessionTable[] _tables = [new(0), new(1)];
    private readonly Session _session;

    public HandOverTests()
    {
        SessionTable.Connect(_tables, _loops.All, _pool);
        _session = new Session(_tables[1]);
        Assert.True(_tables[1].TryAdd("Bone", _session));
    }

    [Fact]
    public void A_check_goes_to_the_loop_that_it_names()
    {
        Hear(CheckFor("Bone"), From(1));
        Assert.Equal(1, _session.Count);
        Assert.Equal(1, _tables[0].Statistics.HandedOver);
        Assert.Equal(0, _tables[0].Statistics.ForeignLoop);
    }

    [Fact]
    public void Media_follows_from_the_moment_its_owner_has_validated_the_route()
    {
        Hear(s_media, From(1));
        Assert.Equal((0, 1), (_session.Count, _tables[0].Statistics.UnknownRoute));
        Validate(From(1));
        Hear(s_media, From(1));
        Hear(s_media, From(2));
        Assert.Equal((2, 2), (_session.Count, _tables[0].Statistics.UnknownRoute));
    }

    [Fact]
    public void A_route_that_its_owner_has_given_up_is_a_strangers_again()
    {
        Validate(From(1));
        _tables[1].RemoveRoute(From(1), _session);
        _loops.Run();
        Hear(s_media, From(1));
        Assert.Equal((1, 1), (_session.Count, _tables[0].Statistics.UnknownRoute));
        Validate(From(2));
        _tables[1].Remove(_session);
        _loops.Run();
        Hear(s_media, From(2));
        Assert.Equal((2, 2), (_session.Count, _tables[0].Statistics.UnknownRoute));
    }

    [Fact]
    public void A_route_goes_from_loop_to_loop_with_the_session_that_validates_it()
    {
        Validate(From(1));
        var own = new Session(_tables[0]) { Validates = true };
        _tables[0].TryAdd("Aone", own);
        Hear(CheckFor("Aone"), From(1));
        Hear(s_media, From(1));
        Assert.Equal((1, 2), (_session.Count, own.Count));
        _tables[1].RemoveRoute(From(1), _session); // late news that no longer matters
        _loops.Run();
        Hear(s_media, From(1));
        Assert.Equal(3, own.Count);

        Validate(From(1));
        Hear(s_media, From(1));
        Assert.Equal((3, 3), (_session.Count, own.Count));
        Assert.False(_tables[0].Contains(From(1)));
    }

    [Fact]
    public void A_peer_that_a_NAT_has_moved_to_another_loops_socket_is_followed()
    {
        _tables[1].AddRoute(From(1), _session); // heard there
        _session.Follows = true;
        Route moved = From(1, port: 10);
        Hear(s_media, moved);
        Assert.Equal((1, 1), (_session.Asked, _tables[1].Statistics.MovedPeers));
        Hear(s_media, moved);
        Assert.Equal((1, 1), (_session.Asked, _session.Count));
    }

    [Fact]
    public void Strangers_of_other_hosts_are_not_handed_over_and_of_known_ones_only_few()
    {
        _tables[1].AddRoute(From(1), _session);
        Hear(s_media, From(2));
        Assert.Equal((0, 1), (_tables[0].Statistics.HandedOver, _tables[0].Statistics.UnknownRoute));
        for (int i = 0; i < 10 * HandOver.MostStrays; i++) Hear(s_media, From(1, port: 1000 + i));
        Assert.Equal((HandOver.MostStrays, HandOver.MostStrays), (_session.Asked, (int)_tables[0].Statistics.HandedOver));
        _loops.AdvanceMilliseconds(100);
        Hear(s_media, From(1, port: 999));
        Assert.Equal(HandOver.MostStrays + 1, _session.Asked);
    }

    [Fact]
    public void Checks_are_not_passed_on_twice_nor_to_loops_that_there_are_not()
    {
        Hear(CheckFor("Bnone"), From(1));
        Hear(CheckFor("Cone"), From(1));
        Assert.Equal(1, _tables[1].Statistics.UnknownFragment);
        Assert.Equal(1, _tables[0].Statistics.ForeignLoop);
    }

    [Fact]
    public void Connections_stay_with_the_loop_that_they_found()
    {
        Hear(CheckFor("Bone"), new Route(From(1).Local, From(1).Remote, TransportProtocol.Tcp));
        Assert.Equal((0, 1), (_session.Count, (int)_tables[0].Statistics.ForeignLoop));
    }

    [Fact]
    public void An_owner_that_is_behind_loses_what_is_beyond_the_bound_and_nothing_else()
    {
        using var leaks = new LeakCheck(_pool);
        Validate(From(1));
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < HandOver.MostWaiting / 2; j++) _tables[0].OnDatagram(s_media, From(1), _loops.Now);
            _loops.Run(0);
        }

        Assert.Equal(HandOver.MostWaiting / 2, _tables[0].Statistics.HandOverDropped);
        _loops.Run();
        Assert.Equal(1 + HandOver.MostWaiting, _session.Count);
        for (int j = 0; j < 2 * HandOver.MostWaiting; j++) _tables[0].OnDatagram(s_media, From(1), _loops.Now);
        _loops.Run();
        Assert.Equal(1 + (2 * HandOver.MostWaiting), _session.Count);
    }

    [Fact]
    public void What_comes_over_is_what_was_heard_in_the_same_order()
    {
        Validate(From(1));
        _session.Datagrams.Clear();
        var sent = new List<byte[]>();
        for (int i = 0; i < 200; i++)
        {
            byte[] datagram = [0x80, .. Enumerable.Repeat((byte)i, 1 + (i * 6))];
            sent.Add(datagram);
            _tables[0].OnDatagram(datagram, From(1), _loops.Now);
        }

        _loops.Run();
        Assert.Equal(sent, _session.Datagrams);
    }

    [Fact]
    public void Handing_over_does_not_allocate()
    {
        Validate(From(1));
        _session.Keeps = false;
        Route route = From(1);
        for (int i = 0; i < 100; i++) Step();
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 20; i++) Step();
        });

        void Step()
        {
            for (int i = 0; i < 50; i++) _tables[0].OnDatagram(s_media, route, _loops.Now);
            _loops.Run(0);
            _loops.Run(1);
        }
    }

    private void Validate(in Route route)
    {
        _session.Validates = true;
        Hear(CheckFor("Bone"), route);
    }

    /// <summary>On the socket of loop 0.</summary>
    private void Hear(byte[] datagram, in Route route)
    {
        _tables[0].OnDatagram(datagram, route, _loops.Now);
        _loops.Run();
    }

    private static Route From(int host, int port = 9) => new(
        TransportAddress.From(IPAddress.Loopback, 8000), TransportAddress.From(new IPAddress([192, 0, 2, (byte)host]), port));

    private static byte[] CheckFor(string fragment)
    {
        byte[] buffer = new byte[300];
        int length = StunWriter.WriteBindingRequest(buffer, new byte[12], fragment + ":peer", "password", 1, false);
        return buffer[..length];
    }

    private sealed class Session(SessionTable table) : IDatagramSession
    {
        public int Count { get; private set; }

        public int Asked { get; private set; }

        public bool Validates { get; set; }

        public bool Follows { get; set; }

        public bool Keeps { get; set; } = true;

        public List<byte[]> Datagrams { get; } = [];

        public void Receive(ReadOnlySpan<byte> datagram, in Route route, long now)
        {
            Count++;
            if (Keeps) Datagrams.Add(datagram.ToArray());
            if (Validates) table.AddRoute(route, this);
            Validates = false;
        }

        public bool TryFollow(ReadOnlySpan<byte> datagram, in Route route, long now)
        {
            Asked++;
            if (Follows) table.AddRoute(route, this);
            return Follows;
        }
    }
}
