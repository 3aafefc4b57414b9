using Rooms.Tracks;

namespace Rooms.Tests.Tracks;

public class PacketNumbersTests
{
    private readonly PacketNumbers _numbers = new();

    public PacketNumbersTests() => _numbers.Begin(1000, 50);

    [Fact]
    public void Numbers_go_on_from_the_given_place() =>
        Assert.Equal([50, 51, 53], new long[] { 1000, 1001, 1003 }.Select(Map));

    [Fact]
    public void What_is_older_than_the_beginning_has_no_place() => Assert.False(_numbers.TryMap(999, out _));

    [Fact]
    public void Swallowed_numbers_close_up_for_what_is_newer_and_not_for_what_is_older()
    {
        Assert.Equal(50, Map(1000));
        Assert.True(_numbers.TrySwallow(1002));
        Assert.True(_numbers.TrySwallow(1004));

        Assert.Equal([51, 52, 53], new long[] { 1001, 1003, 1005 }.Select(Map));
    }

    [Fact]
    public void A_late_number_can_not_be_swallowed_any_more()
    {
        Map(1002);

        Assert.False(_numbers.TrySwallow(1001));
        Assert.Equal(51, Map(1001));
    }

    [Fact]
    public void What_is_later_than_all_that_is_remembered_has_no_place()
    {
        Map(1000);
        for (int i = 0; i < 100; i++) Assert.True(_numbers.TrySwallow(1010 + i));

        Assert.False(_numbers.TryMap(1001, out _));
        Assert.Equal(60, Map(1110));
    }

    private long Map(long source)
    {
        Assert.True(_numbers.TryMap(source, out long number));
        return number;
    }
}
