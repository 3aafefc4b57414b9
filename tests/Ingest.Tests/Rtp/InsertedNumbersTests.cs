using Ingest.Rtp;

namespace Ingest.Tests.Rtp;

public sealed class InsertedNumbersTests
{
    private readonly InsertedNumbers _numbers = new();

    [Fact]
    public void What_follows_a_packet_that_became_two_moves_up()
    {
        Assert.Equal(10, _numbers.Map(10, out _));
        _numbers.Insert(10, 1);
        Assert.Equal(12, _numbers.Map(11, out int more));
        Assert.Equal(0, more);
    }

    [Fact]
    public void A_late_packet_gets_the_number_that_it_would_have_had()
    {
        _numbers.Insert(10, 1);
        _numbers.Insert(12, 2);
        Assert.Equal(9, _numbers.Map(9, out _));
        Assert.Equal(12, _numbers.Map(11, out _));
        Assert.Equal(16, _numbers.Map(13, out _));
    }

    [Fact]
    public void A_place_that_was_kept_wide_says_so()
    {
        _numbers.Insert(10, 1);
        Assert.Equal(10, _numbers.Map(10, out int more));
        Assert.Equal(1, more);
    }
}
