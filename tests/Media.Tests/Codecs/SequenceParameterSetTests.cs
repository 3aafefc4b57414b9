using Media.Codecs;

namespace Media.Tests.Codecs;

public class SequenceParameterSetTests
{
    private static SequenceParameterSet Parse(string hex)
    {
        Assert.True(SequenceParameterSet.TryParse(Convert.FromHexString(hex), out SequenceParameterSet? sps));
        return sps!;
    }

    // Expected values: ffprobe of the same stream.
    [Theory]
    [InlineData(Samples.HighSps, 178, 102, 30.0, 100, 11, 2)]
    [InlineData(Samples.BaselineSps, 64, 48, 25.0, 66, 10, 0)]
    [InlineData("677a002ab6cd940780227e270110000003001000000780f1831960", 1920, 1080, 60.0, 122, 42, 2)]
    [InlineData("67640028acd94078044fde022000000300200000064c90001e848003d09c98601f162d96", 1920, 1080, 25.0, 100, 40, 2)]
    [InlineData("67f4000c919b282833f1b808800000030080000018078a14cb", 320, 180, 24.0, 244, 12, 2)]
    [InlineData("6764000cacd941419f9f011000000300100000030300f1429960", 320, 180, 24.0, 100, 12, 2)]
    [InlineData("6764001eacb2016824d82350101014000003000400000300c83c58b920", 720, 576, 25.0, 100, 30, 0)]
    public void Real_streams_are_read_as_ffprobe_reads_them(
        string hex, int width, int height, double rate, int profile, int level, int reorder)
    {
        SequenceParameterSet sps = Parse(hex);
        Assert.Equal((width, height), (sps.Width, sps.Height));
        Assert.Equal(rate, sps.FrameRate);
        Assert.Equal((profile, level, reorder), (sps.Profile, sps.Level, sps.ReorderFrames));
    }

    [Fact]
    public void A_broken_frame_rate_is_exact()
    {
        SequenceParameterSet sps = Parse("6764001eacd940a02ff9701100000303e90000ea600f162d96");
        Assert.Equal(30000.0 / 1001, sps.FrameRate, 10);
    }

    [Fact]
    public void Ten_bit_422_is_told()
    {
        SequenceParameterSet sps = Parse("677a002ab6cd940780227e270110000003001000000780f1831960");
        Assert.Equal((10, 10, 2), (sps.BitDepthLuma, sps.BitDepthChroma, sps.ChromaFormat));
        Assert.Equal(10, sps.ToVideoProperties().BitDepth);
    }

    [Fact]
    public void Constrained_baseline_shows_its_flags()
    {
        Assert.Equal(0xc0, Parse(Samples.BaselineSps).Constraints);
    }

    [Fact]
    public void Interlaced_material_is_told()
    {
        Assert.False(Parse("67640028acd94078044fde022000000300200000064c90001e848003d09c98601f162d96").FrameMacroblocksOnly);
        Assert.True(Parse(Samples.HighSps).FrameMacroblocksOnly);
        Assert.True(Parse("67640028acd94078044fde022000000300200000064c90001e848003d09c98601f162d96").ToVideoProperties().IsInterlaced);
        Assert.False(Parse(Samples.HighSps).ToVideoProperties().IsInterlaced);
    }

    [Fact]
    public void Every_truncation_is_survived()
    {
        byte[] full = Convert.FromHexString(Samples.HighSps);
        for (int i = 0; i < full.Length; i++)
        {
            bool found = SequenceParameterSet.TryParse(full.AsSpan(0, i), out SequenceParameterSet? sps);
            Assert.False(found && i < 8);
            if (found) Assert.Equal((178, 102), (sps!.Width, sps.Height));
        }
    }

    [Fact]
    public void Another_unit_is_refused()
    {
        Assert.False(SequenceParameterSet.TryParse(Convert.FromHexString(Samples.HighPps), out _));
    }
}
