using Media.Rtp;

namespace Media.Tests.Rtp;

public class RtpHeaderTests
{
    [Fact]
    public void A_plain_header_is_read()
    {
        byte[] packet = Convert.FromHexString("80e001fade18979f511b9dd17c453fa4");
        Assert.True(RtpHeader.TryParse(packet, out RtpHeader header));
        Assert.Equal((96, true, 0x01fa), (header.PayloadType, header.Marker, header.SequenceNumber));
        Assert.Equal((0xde18979fu, 0x511b9dd1u, 12), (header.Timestamp, header.Ssrc, header.Length));
        Assert.True(header.TryGetPayload(packet, out ReadOnlySpan<byte> payload));
        Assert.Equal(Convert.FromHexString("7c453fa4"), payload);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        byte[] packet = new byte[12];
        var header = new RtpHeader
        {
            PayloadType = 127, Marker = true, SequenceNumber = 0xfffe, Timestamp = 0xdeadbeef, Ssrc = 0x80000001,
        };
        Assert.Equal(12, header.Write(packet));
        Assert.True(RtpHeader.TryParse(packet, out RtpHeader parsed));
        Assert.Equal((127, true, 0xfffe), (parsed.PayloadType, parsed.Marker, parsed.SequenceNumber));
        Assert.Equal((0xdeadbeefu, 0x80000001u), (parsed.Timestamp, parsed.Ssrc));
    }

    [Fact]
    public void Sources_extension_and_padding_are_stepped_over()
    {
        byte[] packet = Convert.FromHexString(
            "b2600001" + "00000002" + "00000003" + "aaaaaaaa" + "bbbbbbbb" + "bede0001" + "10ff0000" + "c0ffee" + "000003");
        Assert.True(RtpHeader.TryParse(packet, out RtpHeader header));
        Assert.Equal((2, 28, 24, 4), (header.CsrcCount, header.Length, header.ExtensionOffset, header.ExtensionLength));
        Assert.True(header.Extensions(packet).TryGet(1, out ReadOnlySpan<byte> element));
        Assert.Equal([0xff], element.ToArray());
        Assert.True(header.TryGetPayload(packet, out ReadOnlySpan<byte> payload));
        Assert.Equal(Convert.FromHexString("c0ffee"), payload);
    }

    [Theory]
    [InlineData("")]
    [InlineData("806001f5de18979f511b9d")]         // one byte short
    [InlineData("406001f5de18979f511b9dd1")]       // version 1
    [InlineData("816001f5de18979f511b9dd1")]       // a source that is not there
    [InlineData("906001f5de18979f511b9dd1bede00")] // half an extension header
    [InlineData("906001f5de18979f511b9dd1bede000110ff00")]
    public void Broken_headers_are_refused(string hex)
    {
        Assert.False(RtpHeader.TryParse(Convert.FromHexString(hex), out _));
    }

    [Theory]
    [InlineData("a06001f5de18979f511b9dd1")]
    [InlineData("a06001f5de18979f511b9dd1aa00")]
    [InlineData("a06001f5de18979f511b9dd1aa03")]
    public void Impossible_padding_is_told(string hex)
    {
        byte[] packet = Convert.FromHexString(hex);
        Assert.True(RtpHeader.TryParse(packet, out RtpHeader header));
        Assert.False(header.TryGetPayload(packet, out _));
    }
}
