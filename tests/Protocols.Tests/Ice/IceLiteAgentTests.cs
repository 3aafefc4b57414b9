using System.Net;
using System.Security.Cryptography;
using System.Text;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Stun;
using TestKit;

namespace Protocols.Tests.Ice;

public sealed class IceLiteAgentTests : IDisposable
{
    private const long Second = TimeSpan.TicksPerSecond;

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly RecordingIceListener _listener = new();
    private readonly IceCredentials _credentials;
    private readonly IceLiteAgent _agent;

    public IceLiteAgentTests()
    {
        _credentials = IceCredentials.Create(0, _random);
        _agent = new IceLiteAgent(_credentials, _listener, now: 0);
    }

    public void Dispose() => _random.Dispose();

    [Fact]
    public void A_signed_check_is_answered_with_the_address_it_came_from()
    {
        Assert.Equal(StunOutcome.Answered, Check(RouteTo(1), now: Second));
        (byte[] datagram, Route route) = Assert.Single(_listener.Sent);
        Assert.Equal(RouteTo(1), route);
        Assert.True(StunMessage.TryParse(datagram, out StunMessage answer));
        Assert.True(answer.IsIntegrityValid(Encoding.ASCII.GetBytes(_credentials.Password)) && answer.IsFingerprintValid());
        Assert.True(answer.TryGetXorMappedAddress(out TransportAddress mapped));
        Assert.Equal(RouteTo(1).Remote, mapped);
    }

    [Fact]
    public void A_route_is_validated_before_any_nomination()
    {
        Check(RouteTo(1), now: 0);
        Assert.Equal([RouteTo(1)], _listener.Validated);
        Assert.Empty(_listener.Selected);
        Assert.True(_agent.IsValidated(RouteTo(1)));
        Assert.False(_agent.IsValidated(RouteTo(2)));
        Assert.True(_agent.TryGetSendRoute(out Route route));
        Assert.Equal(RouteTo(1), route);
        Assert.Equal([IceState.Connected], _listener.States);
    }

    [Fact]
    public void The_latest_nomination_selects_the_route()
    {
        Check(RouteTo(1), 0, nominate: true);
        Check(RouteTo(2), 1, nominate: true);
        Check(RouteTo(2), 2, nominate: true);
        Check(RouteTo(1), 3);
        Assert.Equal([RouteTo(1), RouteTo(2)], _listener.Selected);
    }

    [Fact]
    public void The_same_remote_address_heard_on_two_local_addresses_is_two_routes()
    {
        var remote = TransportAddress.From(IPAddress.Parse("192.0.2.9"), 5000);
        var one = new Route(TransportAddress.From(IPAddress.Parse("192.0.2.1"), 8000), remote);
        var other = new Route(TransportAddress.From(IPAddress.Loopback, 8000), remote);
        Check(one, 0);
        Check(other, 0);
        Assert.Equal([one, other], _listener.Validated);
    }

    [Fact]
    public void A_peer_moved_by_its_NAT_is_followed_without_a_new_nomination()
    {
        Check(RouteTo(1), 0, nominate: true);
        Check(RouteTo(2), 3 * Second);
        Assert.Single(_listener.Selected);
        Check(RouteTo(2), 5 * Second);
        Assert.Equal([RouteTo(1), RouteTo(2)], _listener.Selected);
    }

    [Fact]
    public void Silence_disconnects_after_8_seconds_and_closes_after_25()
    {
        Check(RouteTo(1), 0, nominate: true);
        Assert.Equal(8 * Second, _agent.NextDeadline);
        _agent.Advance((8 * Second) - 1);
        Assert.Equal(IceState.Connected, _agent.State);
        _agent.Advance(8 * Second);
        Assert.Equal(IceState.Disconnected, _agent.State);
        Assert.Equal(25 * Second, _agent.NextDeadline);
        _agent.Advance(25 * Second);
        Assert.Equal([IceState.Connected, IceState.Disconnected, IceState.Closed], _listener.States);
        Assert.Equal(long.MaxValue, _agent.NextDeadline);
        Assert.Equal(StunOutcome.Closed, Check(RouteTo(1), 26 * Second));
    }

    [Fact]
    public void A_check_after_a_pause_reconnects()
    {
        Check(RouteTo(1), 0);
        _agent.Advance(8 * Second);
        Check(RouteTo(1), 9 * Second);
        Assert.Equal([IceState.Connected, IceState.Disconnected, IceState.Connected], _listener.States);
        Assert.Equal(17 * Second, _agent.NextDeadline);
    }

    [Fact]
    public void An_agent_that_nobody_ever_checks_closes_without_having_been_disconnected()
    {
        _agent.Advance(24 * Second);
        Assert.Equal(IceState.New, _agent.State);
        _agent.Advance(25 * Second);
        Assert.Equal([IceState.Closed], _listener.States);
    }

    [Fact]
    public void Forged_checks_do_not_keep_a_session_alive()
    {
        Check(RouteTo(1), 0);
        var wrong = new IceCredentials(_credentials.UsernameFragment, new string('x', 24));
        Assert.Equal(StunOutcome.BadIntegrity, Check(RouteTo(2), 7 * Second, credentials: wrong));
        Assert.False(_agent.IsValidated(RouteTo(2)));
        _agent.Advance(8 * Second);
        Assert.Equal(IceState.Disconnected, _agent.State);
    }

    [Fact]
    public void Refusals_carry_their_code()
    {
        var stranger = new IceCredentials("Zzzz", _credentials.Password);
        Assert.Equal(StunOutcome.UnknownUser, Check(RouteTo(1), 0, credentials: stranger));
        Assert.Equal(401, LastError());
        Assert.Equal(StunOutcome.NotSigned, Send(Bare(), RouteTo(1)));
        Assert.Equal(400, LastError());
        Assert.Equal(StunOutcome.UnknownAttribute, Send(Signed((StunAttributeType)0x0003), RouteTo(1)));
        Assert.Equal(420, LastError());
        Assert.Equal(StunOutcome.RoleConflict, Send(Signed(StunAttributeType.IceControlled), RouteTo(1)));
        Assert.Equal(487, LastError());
        Assert.Empty(_listener.Validated);
        Assert.Equal(IceState.New, _agent.State);
    }

    [Fact]
    public void Unknown_optional_attributes_are_ignored() =>
        Assert.Equal(StunOutcome.Answered, Send(Signed((StunAttributeType)0xC057), RouteTo(1)));

    [Fact]
    public void A_broken_fingerprint_and_garbage_get_no_answer()
    {
        byte[] check = Request(_credentials, nominate: false);
        check[^1] ^= 1;
        Assert.Equal(StunOutcome.BadFingerprint, Send(check, RouteTo(1)));
        Assert.Equal(StunOutcome.Malformed, Send([0, 1, 2], RouteTo(1)));
        Assert.Equal(StunOutcome.Ignored, Send(Rfc5769Response(), RouteTo(1)));
        Assert.Empty(_listener.Sent);
    }

    [Fact]
    public void After_a_restart_both_generations_are_answered_but_only_the_new_one_selects()
    {
        Check(RouteTo(1), 0, nominate: true);
        var fresh = IceCredentials.Create(0, _random);
        _agent.Restart(fresh);
        Assert.Equal(fresh, _agent.LocalCredentials);
        Assert.Equal(StunOutcome.Answered, Check(RouteTo(1), 1, nominate: true));
        Assert.Equal(StunOutcome.Answered, Check(RouteTo(2), 2, nominate: true, credentials: fresh));
        Assert.Equal(StunOutcome.Answered, Check(RouteTo(1), 3, nominate: true));
        Assert.Equal([RouteTo(1), RouteTo(2)], _listener.Selected);
        _agent.Restart(IceCredentials.Create(0, _random));
        Assert.Equal(StunOutcome.UnknownUser, Check(RouteTo(1), 4));
    }

    [Fact]
    public void Remembered_routes_are_bounded_and_the_selected_one_stays()
    {
        Check(RouteTo(0), 0, nominate: true);
        for (int i = 1; i < 40; i++) Check(RouteTo(i), i);
        Assert.True(_agent.IsValidated(RouteTo(0)));
        Assert.Equal(40 - ValidatedRoutes.Capacity, _listener.Forgotten.Count);
        Assert.DoesNotContain(RouteTo(0), _listener.Forgotten);
        Assert.False(_agent.IsValidated(RouteTo(1)));
    }

    [Fact]
    public void A_repeated_check_does_not_allocate()
    {
        byte[] check = Request(_credentials, nominate: true);
        var silent = new SilentListener();
        var agent = new IceLiteAgent(_credentials, silent, 0);
        Route route = RouteTo(1);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 100; i++) agent.Receive(check, route, i);
        });
        Assert.Equal(0, agent.ChecksAnswered % 100);
    }

    private static Route RouteTo(int host) => new(
        TransportAddress.From(IPAddress.Parse("192.0.2.1"), 8000),
        TransportAddress.From(new IPAddress([198, 51, 100, (byte)host]), 40000));

    [Fact]
    public void A_lost_connection_is_forgotten_and_media_takes_the_route_heard_last()
    {
        Check(RouteTo(1), 0);
        Check(RouteTo(2), 1);
        Check(RouteTo(3), 2, nominate: true);
        _agent.Lose(RouteTo(9));
        _agent.Lose(RouteTo(3));
        Assert.Equal([RouteTo(3)], _listener.Forgotten);
        Assert.False(_agent.IsValidated(RouteTo(3)));
        Assert.True(_agent.TryGetSendRoute(out Route route));
        Assert.Equal(RouteTo(2), route);
        Assert.Equal([RouteTo(3), RouteTo(2)], _listener.Selected);
    }

    [Fact]
    public void With_its_only_connection_a_peer_loses_its_way_until_it_comes_by_another()
    {
        Check(RouteTo(1), 0, nominate: true);
        _agent.Lose(RouteTo(1));
        Assert.False(_agent.TryGetSendRoute(out _));
        Assert.Equal([IceState.Connected], _listener.States);
        Check(RouteTo(2), 1);
        Assert.True(_agent.TryGetSendRoute(out Route route));
        Assert.Equal(RouteTo(2), route);
    }

    private static byte[] Request(IceCredentials credentials, bool nominate)
    {
        byte[] buffer = new byte[256];
        int length = StunWriter.WriteBindingRequest(
            buffer, new byte[12], credentials.UsernameFragment + ":peer", credentials.Password, 1, nominate);
        return buffer[..length];
    }

    private static byte[] Rfc5769Response() => Protocols.Tests.Stun.Rfc5769.IPv4Response;

    private static byte[] Bare()
    {
        byte[] buffer = new byte[64];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        writer.AddFingerprint();
        return writer.Written.ToArray();
    }

    private byte[] Signed(StunAttributeType extra)
    {
        byte[] buffer = new byte[256];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        writer.Add(StunAttributeType.Username, Encoding.ASCII.GetBytes(_credentials.UsernameFragment + ":peer"));
        writer.Add(extra, 1ul);
        writer.AddIntegrity(Encoding.ASCII.GetBytes(_credentials.Password));
        writer.AddFingerprint();
        return writer.Written.ToArray();
    }

    private StunOutcome Check(Route route, long now, bool nominate = false, IceCredentials? credentials = null) =>
        _agent.Receive(Request(credentials ?? _credentials, nominate), route, now);

    private StunOutcome Send(byte[] datagram, Route route) => _agent.Receive(datagram, route, 0);

    private int LastError() => StunMessage.TryParse(_listener.Sent[^1].Datagram, out StunMessage message) ? message.ErrorCode : 0;

    private sealed class SilentListener : IIceListener
    {
        public void OnStunResponse(ReadOnlySpan<byte> datagram, in Route route)
        {
        }

        public void OnRouteValidated(in Route route)
        {
        }

        public void OnRouteForgotten(in Route route)
        {
        }

        public void OnRouteSelected(in Route route)
        {
        }

        public void OnIceStateChanged(IceState state)
        {
        }
    }
}
