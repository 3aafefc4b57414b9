using Media.Codecs;

namespace Media.Tests.Codecs;

public class AacConfigurationTests
{
    private static AacConfiguration Parse(string hex)
    {
        Assert.True(AacConfiguration.TryParse(Convert.FromHexString(hex), out AacConfiguration configuration));
        return configuration;
    }

    [Theory]
    [InlineData("1190", 48000, 2)]       // OBS
    [InlineData("119056e500", 48000, 2)] // with the sync extension that says "no SBR"
    [InlineData("1208", 44100, 1)]       // FFmpeg sine
    [InlineData("121056e500", 44100, 2)]
    [InlineData("11b0", 48000, 6)]
    [InlineData("11b8", 48000, 8)]
    [InlineData("1588", 8000, 1)]
    public void Low_complexity_configurations(string hex, int rate, int channels)
    {
        AacConfiguration configuration = Parse(hex);
        Assert.Equal((2, rate, rate, channels), (configuration.ObjectType, configuration.SampleRate, configuration.OutputSampleRate, configuration.Channels));
        Assert.Equal(1024, configuration.FrameLength);
        Assert.False(configuration.HasSbr);
    }

    [Fact]
    public void Frames_of_960_samples_are_told()
    {
        Assert.Equal(960, Parse("1194").FrameLength);
    }

    [Fact]
    public void An_explicit_rate_of_24_bits_is_read()
    {
        // 00010 1111 000000001011101110000000 0010 000
        AacConfiguration configuration = Parse("17805DC010");
        Assert.Equal((48000, 2), (configuration.SampleRate, configuration.Channels));
    }

    [Theory]
    [InlineData("2b920800", 22050, 44100, 2, false)]  // explicit SBR: 5, 22.05 -> 44.1 kHz, LC
    [InlineData("eb8a0800", 22050, 44100, 2, true)]   // explicit parametric stereo over mono
    [InlineData("139056e5a0", 22050, 44100, 2, false)] // backward compatible SBR
    [InlineData("138856e5a54880", 22050, 44100, 2, true)]
    public void High_efficiency_keeps_the_rates_apart(string hex, int core, int output, int channels, bool stereo)
    {
        AacConfiguration configuration = Parse(hex);
        Assert.Equal((2, core, output), (configuration.ObjectType, configuration.SampleRate, configuration.OutputSampleRate));
        Assert.Equal((channels, true, stereo), (configuration.Channels, configuration.HasSbr, configuration.HasParametricStereo));
    }

    [Fact]
    public void A_program_config_element_tells_the_channels()
    {
        // In front one single and one pair, behind one pair, one low-frequency element.
        AacConfiguration configuration = Parse("118004c8050001088000");
        Assert.Equal((0, 6), (configuration.ChannelConfiguration, configuration.Channels));
    }

    [Theory]
    [InlineData("")]
    [InlineData("11")]
    [InlineData("0790")] // object type 0
    [InlineData("1690")] // reserved rate index 13
    [InlineData("f94623")] // USAC
    public void What_is_no_aac_is_refused(string hex)
    {
        Assert.False(AacConfiguration.TryParse(Convert.FromHexString(hex), out _));
    }

    [Fact]
    public void A_stream_takes_its_format_from_the_configuration()
    {
        var stream = new AacStream();
        Assert.Null(stream.Format);
        Assert.True(stream.TryConfigure(Convert.FromHexString("1208")));
        TrackFormat first = stream.Format!;
        Assert.Equal((Codec.Aac, 44100, 1, 0), (first.Codec, first.ClockRate, first.Channels, first.Version));
        Assert.True(stream.TryConfigure(Convert.FromHexString("1208")));
        Assert.Same(first, stream.Format);
        Assert.True(stream.TryConfigure(Convert.FromHexString("1190")));
        Assert.Equal((48000, 1), (stream.Format!.ClockRate, stream.Format.Version));
        Assert.False(stream.TryConfigure([]));
        Assert.Equal(48000, stream.Format.ClockRate);
    }
}
