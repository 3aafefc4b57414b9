using Media.Containers;

namespace Media.Tests.Containers;

public sealed class ByteLogTests
{
    [Fact]
    public void What_was_appended_is_read_back_over_many_blocks()
    {
        var log = new ByteLog();
        long[] values = [0, 1, -1, 127, 128, -300, long.MaxValue, long.MinValue, 1 << 20];
        for (int round = 0; round < 5000; round++)
        {
            log.Append((ulong)round);
            foreach (long value in values) log.AppendSigned(value);
        }

        ByteLog.Reader reader = log.Read();
        for (int round = 0; round < 5000; round++)
        {
            Assert.Equal((ulong)round, reader.Next());
            foreach (long value in values) Assert.Equal(value, reader.NextSigned());
        }
    }

    [Theory]
    [InlineData(-1, 90_000, 48_000, -1)]
    [InlineData(3, 48_000, 90_000, 5)]
    [InlineData(long.MaxValue, 1, 10_000_000, long.MaxValue)]
    [InlineData(long.MaxValue, 90_000, 10_000_000, long.MaxValue)]
    public void Times_are_rescaled_downwards_and_held_within_their_range(long time, long from, long to, long expected) =>
        Assert.Equal(expected, MediaTime.Rescale(time, from, to));
}
