using Media.Codecs;

namespace Media.Tests.Codecs;

public class Vp8HeaderTests
{
    [Fact]
    public void A_keyframe_tells_its_size()
    {
        Assert.True(Vp8Header.TryParse(Convert.FromHexString("d01b009d012a80026801"), out Vp8Header header));
        Assert.Equal(new Vp8Header(true, true, 222, 640, 360), header);
    }

    [Fact]
    public void Another_frame_has_no_size()
    {
        Assert.True(Vp8Header.TryParse(Convert.FromHexString("b10200"), out Vp8Header header));
        Assert.False(header.IsKeyframe);
        Assert.True(header.IsShown);
        Assert.Equal((0, 0), (header.Width, header.Height));
    }

    [Theory]
    [InlineData("")]
    [InlineData("d01b")]
    [InlineData("d01b009d012a8002")]
    [InlineData("d01b009d012b80026801")]
    [InlineData("d01b009d012a00006801")]
    public void What_is_no_frame_is_refused(string hex)
    {
        Assert.False(Vp8Header.TryParse(Convert.FromHexString(hex), out _));
    }
}
