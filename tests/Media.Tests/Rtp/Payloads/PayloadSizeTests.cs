using Media.Rtp.Payloads;

namespace Media.Tests.Rtp.Payloads;

public class PayloadSizeTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1148, 1148, 1)]
    [InlineData(1149, 575, 2)]
    [InlineData(300_000, 1146, 262)]
    [InlineData(5_000_000, 1148, 4356)]
    public void Parts_are_few_and_equal(int length, int expected, int parts)
    {
        int size = PayloadSize.Share(length, 1148);
        Assert.Equal((expected, parts), (size, (length + size - 1) / size));
    }

    [Fact]
    public void No_part_is_ever_too_large()
    {
        for (int length = 1; length < 100_000; length += 7) Assert.InRange(PayloadSize.Share(length, 1148), 1, 1148);
    }

    [Fact]
    public void A_limit_that_no_packet_fits_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new H264Packetizer(10));
    }
}
