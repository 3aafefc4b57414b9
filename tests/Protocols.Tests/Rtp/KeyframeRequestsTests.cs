using Media.Scheduling;
using Protocols.Rtp;

namespace Protocols.Tests.Rtp;

public sealed class KeyframeRequestsTests
{
    private const long Millisecond = MonotonicClock.TicksPerMillisecond;

    private readonly KeyframeRequests _requests = new(500 * Millisecond);

    [Fact]
    public void Many_requests_make_one_and_the_next_comes_after_the_interval()
    {
        _requests.Request(0);
        _requests.Request(0);
        Assert.True(_requests.TryTake(0));
        Assert.False(_requests.TryTake(0));
        _requests.OnKeyframe();
        _requests.Request(100 * Millisecond);
        Assert.False(_requests.TryTake(499 * Millisecond));
        Assert.True(_requests.TryTake(500 * Millisecond));
    }

    [Fact]
    public void A_request_is_repeated_while_packets_come_and_no_keyframe()
    {
        _requests.Request(0);
        Assert.True(_requests.TryTake(0));
        Assert.Equal(long.MaxValue, _requests.NextDeadline);
        _requests.OnPacket(50 * Millisecond);
        Assert.Equal(1000 * Millisecond, _requests.NextDeadline);
        Assert.True(_requests.TryTake(1000 * Millisecond));
        _requests.OnKeyframe();
        _requests.OnPacket(1100 * Millisecond);
        Assert.Equal(long.MaxValue, _requests.NextDeadline);
    }
}
