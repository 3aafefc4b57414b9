using System.Net;
using Protocols.Net;
using TestKit;

namespace Protocols.Tests.Net;

public sealed class RouteTests
{
    [Theory]
    [InlineData("192.0.2.1", true, false)]
    [InlineData("127.3.2.1", true, true)]
    [InlineData("::1", false, true)]
    [InlineData("2001:db8::1", false, false)]
    [InlineData("fe80::1%3", false, false)]
    public void An_address_survives_the_way_in_and_out(string text, bool isIPv4, bool isLoopback)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(text), 8000);
        var address = TransportAddress.From(endPoint);
        Assert.Equal(endPoint, address.ToEndPoint());
        Assert.Equal(isIPv4, address.IsIPv4);
        Assert.Equal(isLoopback, address.IsLoopback);
        Assert.Equal(endPoint.ToString(), address.ToString());
    }

    [Fact]
    public void An_IPv4_address_equals_its_mapped_form() =>
        Assert.Equal(
            TransportAddress.From(IPAddress.Parse("192.0.2.1"), 1),
            TransportAddress.From(IPAddress.Parse("::ffff:192.0.2.1"), 1));

    [Fact]
    public void Routes_are_equal_only_when_all_four_parts_are()
    {
        Route route = Make("192.0.2.1", 1, "192.0.2.2", 2);
        Assert.Equal(route, Make("192.0.2.1", 1, "192.0.2.2", 2));
        Assert.Equal(route.GetHashCode(), Make("192.0.2.1", 1, "192.0.2.2", 2).GetHashCode());
        Assert.NotEqual(route, Make("192.0.2.3", 1, "192.0.2.2", 2));
        Assert.NotEqual(route, Make("192.0.2.1", 3, "192.0.2.2", 2));
        Assert.NotEqual(route, Make("192.0.2.1", 1, "192.0.2.3", 2));
        Assert.NotEqual(route, Make("192.0.2.1", 1, "192.0.2.2", 3));
    }

    [Fact]
    public void Looking_up_a_route_does_not_allocate()
    {
        var table = new Dictionary<Route, int> { [Make("192.0.2.1", 1, "192.0.2.2", 2)] = 7 };
        Route key = Make("192.0.2.1", 1, "192.0.2.2", 2);
        Assert.Equal(7, table[key]);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 100; i++) table.TryGetValue(key, out _);
        });
    }

    private static Route Make(string local, int localPort, string remote, int remotePort) =>
        new(TransportAddress.From(IPAddress.Parse(local), localPort), TransportAddress.From(IPAddress.Parse(remote), remotePort));
}
