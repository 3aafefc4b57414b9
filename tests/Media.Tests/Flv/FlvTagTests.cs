using Media.Flv;

namespace Media.Tests.Flv;

public sealed class FlvTagTests
{
    [Fact]
    public void An_avc_keyframe_with_composition_time_is_read()
    {
        Assert.True(FlvVideoTag.TryParse([0x17, 1, 0x00, 0x00, 0xC8, 0xAA], out FlvVideoTag tag));
        Assert.True(tag.IsKeyframe);
        Assert.Equal(FlvVideoCodec.Avc, tag.Codec);
        Assert.Equal(FlvPacketType.Frame, tag.PacketType);
        Assert.Equal(200, tag.CompositionTime);
        Assert.Equal(5, tag.DataOffset);
    }

    [Fact]
    public void A_composition_time_may_be_negative()
    {
        Assert.True(FlvVideoTag.TryParse([0x27, 1, 0xFF, 0xFF, 0xF6], out FlvVideoTag tag));
        Assert.False(tag.IsKeyframe);
        Assert.Equal(-10, tag.CompositionTime);
    }

    [Fact]
    public void A_short_end_of_sequence_is_read()
    {
        Assert.True(FlvVideoTag.TryParse([0x17, 2], out FlvVideoTag tag));
        Assert.Equal(FlvPacketType.EndOfSequence, tag.PacketType);
    }

    [Fact]
    public void An_enhanced_tag_names_its_codec()
    {
        Assert.True(FlvVideoTag.TryParse([0x90, .. "hvc1"u8, 1, 2], out FlvVideoTag tag));
        Assert.Equal(FlvVideoCodec.Enhanced, tag.Codec);
        Assert.Equal(0x68766331u, tag.FourCc);
        Assert.True(FlvAudioTag.TryParse([0x90, .. "Opus"u8], out FlvAudioTag audio));
        Assert.Equal(FlvAudioCodec.Enhanced, audio.Codec);
    }

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("17010000")]
    [InlineData("906876")]
    public void A_video_tag_that_is_too_short_is_refused(string hex) =>
        Assert.False(FlvVideoTag.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void An_aac_header_is_read()
    {
        Assert.True(FlvAudioTag.TryParse([0xAF, 0, 0x12, 0x10], out FlvAudioTag tag));
        Assert.Equal(FlvAudioCodec.Aac, tag.Codec);
        Assert.Equal(FlvPacketType.SequenceHeader, tag.PacketType);
        Assert.Equal(2, tag.DataOffset);
        Assert.False(FlvAudioTag.TryParse([0xAF], out _));
        Assert.False(FlvAudioTag.TryParse([], out _));
        Assert.True(FlvAudioTag.TryParse([0x2F], out tag));
        Assert.Equal(FlvAudioCodec.Mp3, tag.Codec);
    }
}
