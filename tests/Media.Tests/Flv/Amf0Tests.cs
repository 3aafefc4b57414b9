using System.Buffers;
using Media.Flv;

namespace Media.Tests.Flv;

public sealed class Amf0Tests
{
    [Fact]
    public void A_connect_command_is_read()
    {
        byte[] bytes = Convert.FromHexString(
            "020007636F6E6E656374" + "003FF0000000000000" + "03" + "0003617070" + "0200046C697665"
            + "000A6E6F6E70726976617465" + "0101" + "000009");
        var reader = new Amf0Reader(bytes);
        Assert.True(reader.TryRead(out AmfValue name));
        Assert.Equal("connect", name.Text);
        Assert.True(reader.TryRead(out AmfValue transaction));
        Assert.Equal(1, transaction.Number);
        Assert.True(reader.TryRead(out AmfValue arguments));
        Assert.Equal("live", arguments["app"].Text);
        Assert.True(arguments["nonprivate"].IsTrue);
        Assert.Equal(AmfKind.Undefined, arguments["nothing"].Kind);
        Assert.True(reader.IsAtEnd);
        Assert.False(reader.TryRead(out _));
    }

    public static TheoryData<string, AmfKind> SpecificationVectors => new()
    {
        { "00400921FB54442D18", AmfKind.Number },
        { "0101", AmfKind.Boolean },
        { "02000568656C6C6F", AmfKind.String },
        { "03" + "000161" + "000000000000000000" + "000009", AmfKind.Object },
        { "05", AmfKind.Null },
        { "06", AmfKind.Undefined },
        { "070001", AmfKind.Undefined },
        { "0800000001000161003FF0000000000000000009", AmfKind.Object },
        { "08000000010001610200016200", AmfKind.Object },
        { "0A000000020506", AmfKind.Array },
        { "0B42780C7A1F2800000000", AmfKind.Date },
        { "0C0000000568656C6C6F", AmfKind.String },
        { "0D", AmfKind.Undefined },
        { "0F000000043C612F3E", AmfKind.String },
        { "10000154000161050000" + "09", AmfKind.Object },
    };

    [Theory]
    [MemberData(nameof(SpecificationVectors))]
    public void Each_marker_is_read(string hex, AmfKind kind)
    {
        byte[] bytes = Convert.FromHexString(hex);
        if (hex == "08000000010001610200016200") bytes = bytes[..^1]; // an ECMA array without its end
        var reader = new Amf0Reader(bytes);
        Assert.True(reader.TryRead(out AmfValue value));
        Assert.Equal(kind, value.Kind);
        Assert.True(reader.IsAtEnd);
    }

    [Theory]
    [InlineData("00400921FB54442D")]
    [InlineData("0200056865")]
    [InlineData("030001610101")]
    [InlineData("0AFFFFFFFF05")]
    [InlineData("0CFFFFFFFF41")]
    [InlineData("04")]
    [InlineData("11")]
    [InlineData("FF")]
    public void Malformed_bytes_are_refused(string hex)
    {
        var reader = new Amf0Reader(Convert.FromHexString(hex));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        byte[] bytes = new byte[10_000];
        for (int i = 0; i + 5 <= bytes.Length; i += 5) bytes[i] = 0x0A;
        for (int i = 4; i < bytes.Length; i += 5) bytes[i] = 1;
        var reader = new Amf0Reader(bytes);
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void The_number_of_values_is_bounded()
    {
        byte[] bytes = new byte[100_005];
        bytes[0] = 0x0A;
        bytes[3] = 0x7F;
        Array.Fill(bytes, (byte)5, 5, bytes.Length - 5);
        var reader = new Amf0Reader(bytes);
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        AmfValue value = AmfValue.FromObject(
            new AmfProperty("number", 25.5),
            new AmfProperty("text", "Grüße"),
            new AmfProperty("long", new string('x', 70_000)),
            new AmfProperty("flag", true),
            new AmfProperty("date", AmfValue.FromDate(1e12)),
            new AmfProperty("none", AmfValue.Null),
            new AmfProperty("list", AmfValue.FromArray(1, "two", AmfValue.Undefined)));
        var output = new ArrayBufferWriter<byte>();
        Amf0Writer.Write(output, value);
        Amf0Writer.WriteEcmaArray(output, value);

        var reader = new Amf0Reader(output.WrittenSpan);
        for (int i = 0; i < 2; i++)
        {
            Assert.True(reader.TryRead(out AmfValue read));
            Assert.Equal(25.5, read["number"].Number);
            Assert.Equal("Grüße", read["text"].Text);
            Assert.Equal(70_000, read["long"].Text!.Length);
            Assert.True(read["flag"].IsTrue);
            Assert.Equal(1e12, read["date"].Number);
            Assert.Equal(AmfKind.Null, read["none"].Kind);
            Assert.Equal("two", read["list"].Items[1].Text);
        }

        Assert.True(reader.IsAtEnd);
    }
}
