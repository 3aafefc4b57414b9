using Media.Codecs;

namespace Media.Tests.Codecs;

public class AvcConfigurationTests
{
    [Fact]
    public void A_sequence_header_of_ffmpeg_is_read()
    {
        Assert.True(AvcConfiguration.TryParse(Samples.Hex(Samples.AvcConfiguration), out AvcConfiguration? configuration));
        Assert.Equal(4, configuration!.LengthSize);
        Assert.Equal(0x67, Assert.Single(configuration.SequenceParameterSets)[0]);
        Assert.Equal(Samples.Hex(Samples.HighPps), Assert.Single(configuration.PictureParameterSets));
    }

    [Fact]
    public void Writing_what_was_read_gives_the_same_bytes()
    {
        Assert.True(AvcConfiguration.TryParse(Samples.Hex(Samples.AvcConfiguration), out AvcConfiguration? configuration));
        var written = AvcConfiguration.Write(
            [.. configuration!.SequenceParameterSets, .. configuration.PictureParameterSets]);
        Assert.Equal(Samples.AvcConfiguration, Convert.ToHexStringLower(written.AsSpan()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0064000affe100")]
    [InlineData("0164000affe100ff67")]
    public void Broken_records_are_refused(string hex)
    {
        Assert.False(AvcConfiguration.TryParse(Samples.Hex(hex), out _));
    }

    [Fact]
    public void Without_sequence_sets_nothing_is_written()
    {
        Assert.Empty(AvcConfiguration.Write([]));
        Assert.Empty(AvcConfiguration.Write([[.. Samples.Hex(Samples.HighPps)]]));
    }
}
