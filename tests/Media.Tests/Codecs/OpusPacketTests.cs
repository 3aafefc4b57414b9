using Media.Codecs;

namespace Media.Tests.Codecs;

public class OpusPacketTests
{
    // RFC 6716 table 2.
    [Theory]
    [InlineData(0, 480)]
    [InlineData(1, 960)]
    [InlineData(2, 1920)]
    [InlineData(3, 2880)]
    [InlineData(11, 2880)]
    [InlineData(12, 480)]
    [InlineData(15, 960)]
    [InlineData(16, 120)]
    [InlineData(19, 960)]
    [InlineData(30, 480)]
    [InlineData(31, 960)]
    public void The_configuration_tells_the_frame_size(int configuration, int samples)
    {
        Assert.True(OpusPacket.TryParse([(byte)(configuration << 3)], out OpusPacket packet));
        Assert.Equal(new OpusPacket(1, samples, false), packet);
    }

    [Theory]
    [InlineData("fc", 1, true)]
    [InlineData("f9", 2, false)]
    [InlineData("fa", 2, false)]
    [InlineData("fb03", 3, false)]
    public void The_code_tells_the_frame_count(string hex, int frames, bool stereo)
    {
        Assert.True(OpusPacket.TryParse(Convert.FromHexString(hex), out OpusPacket packet));
        Assert.Equal((frames, stereo, frames * 960), (packet.FrameCount, packet.IsStereo, packet.Duration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("fb")]
    [InlineData("fb00")]
    [InlineData("1b03")] // three frames of 60 ms: more than 120 ms
    public void What_is_no_packet_is_refused(string hex)
    {
        Assert.False(OpusPacket.TryParse(Convert.FromHexString(hex), out _));
    }
}
