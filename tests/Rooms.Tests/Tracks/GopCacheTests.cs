using Media;
using Media.Buffers;
using Rooms.Tracks;
using TestKit;

namespace Rooms.Tests.Tracks;

public class GopCacheTests
{
    private readonly BufferPool _pool = new();

    [Fact]
    public void Nothing_is_kept_before_the_first_keyframe()
    {
        var cache = new GopCache();
        Add(cache, 0);

        Assert.False(cache.IsUsable);
        Assert.Equal(0, _pool.Leased);
    }

    [Fact]
    public void A_keyframe_starts_a_new_group()
    {
        var cache = new GopCache();
        Add(cache, 0, isKeyframe: true);
        Add(cache, 1);
        Add(cache, 2, isKeyframe: true);

        Assert.Equal(1, cache.Count);
        Assert.Equal(1, _pool.Leased);
    }

    [Fact]
    public void What_is_left_ends_with_the_seconds_or_with_the_bytes_whichever_is_less()
    {
        var wide = new GopCache(maxSeconds: 12, maxBytes: 1 << 20);
        var narrow = new GopCache(maxSeconds: 12, maxBytes: 800);
        Assert.Equal(double.PositiveInfinity, wide.SecondsLeft);
        foreach (GopCache cache in (GopCache[])[wide, narrow])
        {
            Add(cache, 0, isKeyframe: true);
            Add(cache, 90_000);
            Add(cache, 180_000);
            Add(cache, 270_000);
        }

        Assert.Equal(9, wide.SecondsLeft, 3);
        Assert.Equal(3, narrow.SecondsLeft, 3);
        wide.Clear();
        narrow.Clear();
    }

    [Fact]
    public void A_group_that_outgrows_its_seconds_is_given_up_until_the_next_keyframe()
    {
        var cache = new GopCache(maxSeconds: 1);
        Add(cache, 0, isKeyframe: true);
        Add(cache, 90_001);
        Add(cache, 90_002);

        Assert.False(cache.IsUsable);
        Assert.True(cache.Overflowed);
        Assert.Equal(0, _pool.Leased);
        Add(cache, 100_000, isKeyframe: true);
        Assert.True(cache.IsUsable);
    }

    [Fact]
    public void A_group_that_outgrows_its_bytes_is_given_up()
    {
        var cache = new GopCache(maxBytes: 250);
        Add(cache, 0, isKeyframe: true);
        Add(cache, 1);
        Assert.True(cache.IsUsable);
        Add(cache, 2);

        Assert.True(cache.Overflowed);
        Assert.Equal(0, _pool.Leased);
    }

    private void Add(GopCache cache, long time, bool isKeyframe = false)
    {
        var frame = new MediaFrame(TestRoom.VideoFormat, _pool.Rent(100), 0, 100, time, time, isKeyframe);
        cache.Add(frame);
        frame.Release();
    }
}
