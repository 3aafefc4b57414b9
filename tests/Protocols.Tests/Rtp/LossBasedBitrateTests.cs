using Protocols.Rtp;

namespace Protocols.Tests.Rtp;

public sealed class LossBasedBitrateTests
{
    [Fact]
    public void The_rate_falls_with_heavy_loss_holds_with_some_and_rises_with_none()
    {
        var bitrate = new LossBasedBitrate(10_000_000);
        bitrate.Update(0.2, 2_000_000);
        Assert.Equal(1_800_000, bitrate.BitsPerSecond);
        bitrate.Update(0.05, 1_800_000);
        Assert.Equal(1_800_000, bitrate.BitsPerSecond);
        bitrate.Update(0, 1_800_000);
        Assert.InRange(bitrate.BitsPerSecond, 1_900_000, 2_000_000);
        for (int i = 0; i < 100; i++) bitrate.Update(0, 0);
        Assert.Equal(10_000_000, bitrate.BitsPerSecond);
        for (int i = 0; i < 100; i++) bitrate.Update(1, 0);
        Assert.Equal(100_000, bitrate.BitsPerSecond);
    }
}
