using Media.Codecs;

namespace Media.Tests.Codecs;

public class BitReaderTests
{
    [Fact]
    public void Reads_across_byte_boundaries()
    {
        var reader = new BitReader([0b1010_0101, 0b1100_0011, 0xff, 0x00, 0x12]);
        Assert.Equal(0b101u, reader.Read(3));
        Assert.Equal(0b0_0101_110u, reader.Read(8));
        Assert.Equal(0b0_0011_1111u, reader.Read(9));
        Assert.Equal(20, reader.BitsLeft);
        Assert.False(reader.IsOverrun);
    }

    [Fact]
    public void Reads_thirty_two_bits_at_once()
    {
        var reader = new BitReader([0x7f, 0xff, 0xff, 0xff, 0x80]);
        Assert.False(reader.ReadFlag());
        Assert.Equal(uint.MaxValue, reader.Read(32));
    }

    [Theory]
    [InlineData("80", 0u)]
    [InlineData("40", 1u)]
    [InlineData("60", 2u)]
    [InlineData("20", 3u)]
    [InlineData("10", 7u)]
    [InlineData("000000008000000000", 4294967295u)]
    public void Exp_golomb_codes_follow_the_table(string hex, uint expected)
    {
        var reader = new BitReader(Convert.FromHexString(hex));
        Assert.Equal(expected, reader.ReadUnsignedGolomb());
    }

    [Theory]
    [InlineData("00000000ffffffffff")] // a value above 32 bits
    [InlineData("000000000080000000")] // more zeros than any code has
    [InlineData("0000")]
    public void What_is_no_exp_golomb_code_is_an_overrun(string hex)
    {
        var reader = new BitReader(Convert.FromHexString(hex));
        Assert.Equal(0u, reader.ReadUnsignedGolomb());
        Assert.True(reader.IsOverrun);
    }

    [Theory]
    [InlineData("80", 0)]
    [InlineData("40", 1)]
    [InlineData("60", -1)]
    [InlineData("20", 2)]
    [InlineData("28", -2)]
    public void Signed_exp_golomb_codes_follow_the_table(string hex, int expected)
    {
        var reader = new BitReader(Convert.FromHexString(hex));
        Assert.Equal(expected, reader.ReadSignedGolomb());
    }

    [Fact]
    public void Emulation_prevention_bytes_are_stepped_over()
    {
        var reader = new BitReader([0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 3], skipEmulationPrevention: true);
        Assert.Equal(0x000001u, reader.Read(24));
        Assert.Equal(0x00000000u, reader.Read(32));
        Assert.Equal(3u, reader.Read(8));
        Assert.False(reader.IsOverrun);
        Assert.Equal(0u, reader.Read(1));
        Assert.True(reader.IsOverrun);
    }

    [Fact]
    public void Plain_data_keeps_its_threes()
    {
        var reader = new BitReader([0, 0, 3]);
        Assert.Equal(3u, reader.Read(24));
    }

    [Fact]
    public void Past_the_end_there_are_zeros_and_a_flag()
    {
        var reader = new BitReader([0xff]);
        reader.Skip(100);
        Assert.True(reader.IsOverrun);
        Assert.Equal(0u, reader.Read(5));
        Assert.Equal(0u, reader.ReadUnsignedGolomb());
    }
}
