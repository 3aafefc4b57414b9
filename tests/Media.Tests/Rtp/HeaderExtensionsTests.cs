using Media.Rtp;

namespace Media.Tests.Rtp;

public class HeaderExtensionsTests
{
    private static List<(int Id, string Data)> Walk(ushort profile, string hex)
    {
        var found = new List<(int, string)>();
        var extensions = new HeaderExtensions(profile, Convert.FromHexString(hex));
        while (extensions.MoveNext()) found.Add((extensions.Id, Convert.ToHexStringLower(extensions.Data)));
        return found;
    }

    [Fact]
    public void The_one_byte_form_with_padding_between()
    {
        // The shape of RFC 8285 §4.2: one byte, two bytes, padding, four bytes.
        Assert.Equal([(1, "aa"), (2, "bbbb"), (3, "cccccccc")], Walk(0xbede, "10aa21bbbb000033cccccccc"));
    }

    [Fact]
    public void The_two_byte_form_with_an_empty_element()
    {
        // The shape of RFC 8285 §4.3: no data, one byte, padding, four bytes.
        Assert.Equal([(1, ""), (200, "aa"), (3, "cccccccc")], Walk(0x1003, "0100c801aa000304cccccccc"));
    }

    [Fact]
    public void Id_fifteen_ends_the_one_byte_form()
    {
        Assert.Equal([(1, "aa")], Walk(0xbede, "10aaf0bb20cc"));
    }

    [Theory]
    [InlineData(0xbede, "10aa25bb")]
    [InlineData(0x1000, "0101aa0205bb")]
    [InlineData(0x1000, "0101aa02")]
    public void A_cut_off_element_ends_the_walk(int profile, string hex)
    {
        Assert.Equal([(1, "aa")], Walk((ushort)profile, hex));
    }

    [Fact]
    public void Other_profiles_have_no_elements()
    {
        Assert.Empty(Walk(0xabac, "10aa0000"));
    }

    [Fact]
    public void Written_elements_are_found_again()
    {
        byte[] packet = new byte[64];
        new RtpHeader { PayloadType = 96 }.Write(packet);
        var writer = new HeaderExtensionWriter(packet);
        writer.Add(4, "video"u8);
        writer.AddUInt16(3, 0x1234);
        writer.AddUInt24(2, 0xabcdef);
        int length = writer.Finish();
        Assert.Equal(12 + 4 + 16, length);
        Assert.True(RtpHeader.TryParse(packet.AsSpan(0, length), out RtpHeader header));
        Assert.Equal(length, header.Length);
        HeaderExtensions extensions = header.Extensions(packet);
        Assert.True(extensions.TryGet(3, out ReadOnlySpan<byte> number));
        Assert.Equal([0x12, 0x34], number.ToArray());
        Assert.True(extensions.TryGet(4, out ReadOnlySpan<byte> mid));
        Assert.True(mid.SequenceEqual("video"u8));
        Assert.True(extensions.TryGet(2, out ReadOnlySpan<byte> time));
        Assert.Equal([0xab, 0xcd, 0xef], time.ToArray());
        Assert.False(extensions.TryGet(5, out _));
    }

    [Fact]
    public void Without_elements_the_packet_has_no_extension()
    {
        byte[] packet = new byte[64];
        new RtpHeader().Write(packet);
        Assert.Equal(12, new HeaderExtensionWriter(packet).Finish());
        Assert.Equal(0x80, packet[0]);
    }
}
