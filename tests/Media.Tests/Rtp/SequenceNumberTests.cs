using Media.Rtp;

namespace Media.Tests.Rtp;

public class SequenceNumberTests
{
    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0, 65535, 1)]
    [InlineData(65535, 0, -1)]
    [InlineData(5, 5, 0)]
    [InlineData(32767, 0, 32767)]
    [InlineData(32768, 0, -32768)]
    public void Distance_goes_the_short_way_round(int a, int b, int expected)
    {
        Assert.Equal(expected, SequenceNumber.Distance((ushort)a, (ushort)b));
        Assert.Equal(expected > 0, SequenceNumber.IsNewer((ushort)a, (ushort)b));
    }

    [Theory]
    [InlineData(0, 65535, 65536)]
    [InlineData(65535, 65536, 65535)]
    [InlineData(10, 1_000_000, 983_050)]
    [InlineData(0, 0, 0)]
    [InlineData(65535, 0, -1)]
    public void Extension_finds_the_nearest(int value, long reference, long expected)
    {
        Assert.Equal(expected, SequenceNumber.Extend((ushort)value, reference));
    }

    [Fact]
    public void Timestamps_are_extended_over_their_roll_over()
    {
        Assert.Equal(0x1_0000_0005, SequenceNumber.ExtendTimestamp(5, 0xffff_fff0));
        Assert.Equal(0xffff_fff0, SequenceNumber.ExtendTimestamp(0xffff_fff0, 0x1_0000_0005));
    }
}
