using Media.FFmpeg;

namespace Media.Tests.FFmpeg;

public sealed class TranscodeLimiterTests
{
    [Fact]
    public void Only_as_many_leases_as_allowed_are_given()
    {
        var limiter = new TranscodeLimiter(2);
        using TranscodeLease? first = limiter.TryAcquire();
        using TranscodeLease? second = limiter.TryAcquire();
        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.Null(limiter.TryAcquire());
        Assert.Equal(2, limiter.Running);
    }

    [Fact]
    public void A_lease_gives_its_place_back_once()
    {
        var limiter = new TranscodeLimiter(1);
        TranscodeLease first = limiter.TryAcquire()!;
        first.Dispose();
        first.Dispose();
        Assert.Equal(0, limiter.Running);
        using TranscodeLease? again = limiter.TryAcquire();
        Assert.NotNull(again);
        Assert.Null(limiter.TryAcquire());
    }

    [Fact]
    public void An_idle_transcode_gives_its_place_to_one_that_is_needed()
    {
        var limiter = new TranscodeLimiter(2);
        using TranscodeLease busy = limiter.TryAcquire()!;
        using TranscodeLease idle = limiter.TryAcquire()!;
        int withdrawn = 0;
        idle.Withdrawn += () => withdrawn++;
        idle.IsIdle = true;

        using TranscodeLease? needed = limiter.TryAcquire();

        Assert.NotNull(needed);
        Assert.Equal((1, 2), (withdrawn, limiter.Running));
        Assert.Null(limiter.TryAcquire());
        idle.Dispose();
        Assert.Equal(2, limiter.Running);
    }

    [Fact]
    public void A_limit_of_zero_forbids_all() => Assert.Null(new TranscodeLimiter(0).TryAcquire());
}
