using Protocols.Srtp;

namespace Protocols.Tests.Srtp;

public sealed class ReplayWindowTests
{
    [Fact]
    public void An_index_is_fresh_once()
    {
        var window = new ReplayWindow();
        Assert.True(window.IsFresh(0));
        window.Add(0);
        Assert.False(window.IsFresh(0));
        Assert.True(window.IsFresh(1));
    }

    [Fact]
    public void It_agrees_with_a_set_under_random_order()
    {
        var window = new ReplayWindow();
        var seen = new HashSet<long>();
        var random = new Random(5);
        long highest = 0;
        for (int i = 0; i < 20_000; i++)
        {
            long index = Math.Max(0, highest + random.Next(-1200, random.Next(10) == 0 ? 3000 : 30));
            bool expected = index > highest - 1024 && !seen.Contains(index);
            if (seen.Count > 0) Assert.Equal(expected, window.IsFresh(index));
            if (!window.IsFresh(index)) continue;
            window.Add(index);
            seen.Add(index);
            highest = Math.Max(highest, index);
        }
    }
}
