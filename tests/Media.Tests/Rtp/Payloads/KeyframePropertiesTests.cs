using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Tests.Codecs;

namespace Media.Tests.Rtp.Payloads;

public class KeyframePropertiesTests
{
    [Fact]
    public void H264_tells_size_and_profile_in_its_parameter_sets()
    {
        VideoProperties? aggregate = KeyframeProperties.Read(Codec.H264, PayloadOf(RtpSamples.H264Packets[0]));
        VideoProperties? single = KeyframeProperties.Read(Codec.H264, Convert.FromHexString(Samples.HighSps));

        Assert.Equal((32, 32, 66), (aggregate!.Width, aggregate.Height, aggregate.Profile));
        Assert.Equal(100, single!.Profile);
        Assert.Equal(0, single.ReorderFrames);
        Assert.Null(KeyframeProperties.Read(Codec.H264, PayloadOf(RtpSamples.H264Packets[1])));
    }

    [Fact]
    public void VP8_tells_its_size_in_the_first_packet()
    {
        Assert.Equal(new VideoProperties(32, 32, 0), KeyframeProperties.Read(Codec.Vp8, PayloadOf(RtpSamples.Vp8Packets[0])));
        Assert.Null(KeyframeProperties.Read(Codec.Vp8, PayloadOf(RtpSamples.Vp8Packets[1])));
    }

    [Fact]
    public void VP9_tells_its_size_in_the_scalability_structure() => Assert.Equal(
        new VideoProperties(640, 360, 0),
        KeyframeProperties.Read(Codec.Vp9, Convert.FromHexString("AA" + "8001" + "00" + "07" + "10" + "02800168" + "AABB")));

    [Fact]
    public void VP9_without_that_structure_tells_its_size_in_the_frame()
    {
        Assert.Equal(new VideoProperties(32, 32, 0), KeyframeProperties.Read(Codec.Vp9, PayloadOf(RtpSamples.Vp9Packets[0])));
        Assert.Null(KeyframeProperties.Read(Codec.Vp9, PayloadOf(RtpSamples.Vp9Packets[^1])));
    }

    [Fact]
    public void AV1_tells_its_size_in_the_sequence_header() => Assert.Equal(
        new VideoProperties(640, 360, 0),
        KeyframeProperties.Read(Codec.Av1, Convert.FromHexString("28" + "0B" + "08" + SequenceHeader(640, 360) + "30AABB")));

    [Fact]
    public void Sound_and_empty_payloads_tell_nothing()
    {
        Assert.Null(KeyframeProperties.Read(Codec.Opus, [0x78]));
        Assert.Null(KeyframeProperties.Read(Codec.H264, []));
    }

    /// <summary>Ten bytes: profile 0, level 2.0, 16 bits for each side.</summary>
    private static string SequenceHeader(int width, int height)
    {
        string bits = "000" + "0" + "0" + "0" + "0" + "00000" + "000000000000" + "00100"
            + "1111" + "1111" + Convert.ToString(width - 1, 2).PadLeft(16, '0') + Convert.ToString(height - 1, 2).PadLeft(16, '0');
        bits = bits.PadRight(80, '0');
        return Convert.ToHexString([.. Enumerable.Range(0, 10).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))]);
    }

    private static ReadOnlySpan<byte> PayloadOf(string packet) => Convert.FromHexString(packet).AsSpan(RtpHeader.FixedLength);
}
