using System.Net;
using System.Net.Sockets;
using Media.Scheduling;
using Protocols.Net;
using TestKit.Processes;

namespace Protocols.Tests.Net;

public sealed class PortPairsTests : IDatagramReceiver
{
    private readonly int _first = FreePorts.Row(6);
    private readonly List<byte[]> _received = [];

    [Fact]
    public void Pairs_are_even_and_odd_and_what_is_taken_is_passed_over()
    {
        using var other = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        other.Bind(new IPEndPoint(IPAddress.IPv6Any, _first + 1));
        var pairs = new PortPairs(_first - 1, _first + 4);
        Assert.Equal(2, pairs.Count);
        using PortPair? pair = pairs.TryOpen(this, this);
        Assert.Equal((_first + 2, _first + 3), (pair?.Port, pair?.Odd.Port));
        Assert.Null(pairs.TryOpen(this, this));
    }

    [Fact]
    public void A_pair_that_was_given_back_is_the_last_to_be_used_again()
    {
        var pairs = new PortPairs(_first, _first + 5);
        using PortPair first = pairs.TryOpen(this, this)!;
        first.Dispose();
        using PortPair second = pairs.TryOpen(this, this)!;
        using PortPair third = pairs.TryOpen(this, this)!;
        using PortPair fourth = pairs.TryOpen(this, this)!;
        Assert.Equal([_first + 2, _first + 4, _first], [second.Port, third.Port, fourth.Port]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_endpoint_that_was_removed_is_heard_no_more_and_its_place_is_used_again(bool isPrecise)
    {
        var clock = new MonotonicClock(TimeProvider.System);
        using NetworkWaiter waiter = isPrecise ? new EpollWaiter(clock) : new SelectWaiter(clock);
        UdpEndpoint Open() => isPrecise ? UdpEndpoint.OpenForOne(0, this) : UdpEndpoint.OpenPortable(0, [IPAddress.Loopback], this);
        using UdpEndpoint first = Open();
        using UdpEndpoint second = Open();
        using var sender = new UdpClient();
        waiter.Add(first);
        waiter.Add(second);
        waiter.Remove(first);
        waiter.Remove(first);
        sender.Send([1], 1, new IPEndPoint(IPAddress.Loopback, first.Port));
        waiter.Wait(clock.Now + (20 * MonotonicClock.TicksPerMillisecond));
        Assert.Empty(_received);

        using UdpEndpoint third = Open();
        waiter.Add(third);
        sender.Send([3], 1, new IPEndPoint(IPAddress.Loopback, third.Port));
        sender.Send([2], 1, new IPEndPoint(IPAddress.Loopback, second.Port));
        for (int i = 0; i < 50 && _received.Count < 2; i++) waiter.Wait(clock.Now + (20 * MonotonicClock.TicksPerMillisecond));
        waiter.Flush();
        Assert.Equal([2, 3], _received.Select(datagram => (int)datagram[0]).Order());
    }

    void IDatagramReceiver.OnDatagram(ReadOnlySpan<byte> datagram, in Route route, long now) => _received.Add(datagram.ToArray());
}
