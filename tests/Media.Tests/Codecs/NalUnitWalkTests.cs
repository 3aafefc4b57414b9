using Media.Codecs;

namespace Media.Tests.Codecs;

public class NalUnitWalkTests
{
    private static List<string> AnnexB(string hex)
    {
        var found = new List<string>();
        var units = new AnnexBNalUnits(Convert.FromHexString(hex));
        while (units.MoveNext()) found.Add(Convert.ToHexStringLower(units.Current));
        return found;
    }

    private static (List<string> Units, bool IsMalformed) Lengths(string hex, int size)
    {
        var found = new List<string>();
        var units = new LengthPrefixedNalUnits(Convert.FromHexString(hex), size);
        while (units.MoveNext()) found.Add(Convert.ToHexStringLower(units.Current));
        return (found, units.IsMalformed);
    }

    [Fact]
    public void Start_codes_of_three_and_four_bytes_part_the_units()
    {
        Assert.Equal(["6701", "68", "650203"], AnnexB("00000001670100000168000000000001650203"));
    }

    [Fact]
    public void Zeros_after_a_unit_and_bytes_before_the_first_code_are_no_units()
    {
        Assert.Equal(["6780"], AnnexB("ffff00000167800000"));
        Assert.Empty(AnnexB("6780"));
        Assert.Empty(AnnexB("000001000001"));
        Assert.Empty(AnnexB(""));
    }

    [Theory]
    [InlineData("0267010168", 1)]
    [InlineData("00026701000168", 2)]
    [InlineData("0000000267010000000168", 4)]
    public void Lengths_of_any_size_part_the_units(string hex, int size)
    {
        (List<string> units, bool isMalformed) = Lengths(hex, size);
        Assert.Equal(["6701", "68"], units);
        Assert.False(isMalformed);
    }

    [Theory]
    [InlineData("000000016700000002", 4)]
    [InlineData("0000000167ffffffff68", 4)]
    [InlineData("000000016700", 4)]
    public void A_length_that_does_not_fit_ends_the_walk(string hex, int size)
    {
        (List<string> units, bool isMalformed) = Lengths(hex, size);
        Assert.Equal(["67"], units);
        Assert.True(isMalformed);
    }

    [Theory]
    [InlineData("6588843f", 0u, SliceType.I)]
    [InlineData("419a2600", 0u, SliceType.P)]
    [InlineData("019e4200", 0u, SliceType.B)]
    public void A_slice_header_tells_its_type(string hex, uint firstMacroblock, SliceType type)
    {
        Assert.True(SliceHeader.TryParse(Convert.FromHexString(hex), out SliceHeader header));
        Assert.Equal((firstMacroblock, type, 0), (header.FirstMacroblock, header.Type, header.PictureParameterSetId));
    }
}
