using System.Net;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Net;

namespace Protocols.Tests.Ice;

public sealed class RefusalLimitTests
{
    private readonly RefusalLimit _limit = new();

    [Fact]
    public void A_host_gets_so_many_answers_a_second_whatever_port_it_asks_from()
    {
        int answered = 0;
        for (int port = 1; port <= 1000; port++)
            if (_limit.MayAnswer(From("198.51.100.1", port), 0)) answered++;
        Assert.Equal(RefusalLimit.PerHost, answered);
        Assert.Equal(1000 - RefusalLimit.PerHost, _limit.Unanswered);
        Assert.True(_limit.MayAnswer(From("198.51.100.2", 1), 0));
        Assert.True(_limit.MayAnswer(From("198.51.100.1", 1), MonotonicClock.TicksPerSecond));
    }

    [Fact]
    public void Forged_sources_share_what_all_may_have()
    {
        int answered = 0;
        for (int i = 0; i < 100_000; i++)
            if (_limit.MayAnswer(From($"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}", 1), 0)) answered++;
        Assert.Equal(RefusalLimit.InAll, answered);
    }

    private static Route From(string address, int port) =>
        new(TransportAddress.From(IPAddress.Loopback, 8000), TransportAddress.From(IPAddress.Parse(address), port));
}
