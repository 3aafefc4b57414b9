using Protocols.Rtp;

namespace Protocols.Tests.Rtp;

public sealed class ClosedNumbersTests
{
    [Fact]
    public void Numbers_behind_a_closed_one_move_up_and_late_ones_get_their_old_place()
    {
        var numbers = new ClosedNumbers();
        numbers.Close(10);
        numbers.Close(12);
        Assert.Equal([9, null, 10, null, 11, 18], new long[] { 9, 10, 11, 12, 13, 20 }.Select(Map));
        long? Map(long number) => numbers.TryMap(number, out long mapped) ? mapped : null;
    }

    [Fact]
    public void What_is_too_old_to_be_placed_is_refused()
    {
        var numbers = new ClosedNumbers();
        for (int i = 0; i < 1000; i++) numbers.Close(1000 + i);
        Assert.False(numbers.TryMap(900, out _));
        Assert.False(numbers.TryMap(1500, out _));
        Assert.True(numbers.TryMap(2000, out long mapped));
        Assert.Equal(1000, mapped);
    }
}
