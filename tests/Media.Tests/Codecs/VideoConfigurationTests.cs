using System.Collections.Immutable;
using Media.Codecs;

namespace Media.Tests.Codecs;

public sealed class VideoConfigurationTests
{
    // x265, 1920x1080 Main, level 4: its parameter sets
    private static readonly ImmutableArray<ImmutableArray<byte>> s_sets =
    [
        [.. Convert.FromHexString("40010C01FFFF016000000300900000030000030078959809")],
        [.. Convert.FromHexString("420101016000000300900000030000030078A003C08010E596566924CAF0168080000003008000000C84")],
        [.. Convert.FromHexString("4401C172B46240")],
    ];

    [Fact]
    public void An_H265_sequence_set_tells_size_level_and_depth()
    {
        Assert.True(H265SequenceParameterSet.TryParse(s_sets[1].AsSpan(), out H265SequenceParameterSet? sps));
        Assert.Equal((1920, 1080, 120, 8, 1), (sps!.Width, sps.Height, sps.Level, sps.BitDepthLuma, sps.ChromaFormat));
    }

    [Fact]
    public void An_H265_record_holds_the_sets_that_it_was_written_of()
    {
        ImmutableArray<byte> record = H265Configuration.Write(s_sets);
        Assert.True(H265Configuration.TryParse(record.AsSpan(), out H265Configuration? parsed));
        Assert.Equal(4, parsed!.LengthSize);
        Assert.Equal(s_sets.Select(set => Convert.ToHexString(set.AsSpan())), parsed.ParameterSets.Select(set => Convert.ToHexString(set.AsSpan())));
    }

    [Fact]
    public void A_cut_H265_record_is_no_record()
    {
        ImmutableArray<byte> record = H265Configuration.Write(s_sets);
        for (int length = 0; length < record.Length; length++)
            Assert.False(H265Configuration.TryParse(record.AsSpan()[..length], out _));
    }

    [Fact]
    public void An_AV1_record_tells_what_its_sequence_header_told()
    {
        // SVT-AV1, 320x240, and the record that FFmpeg makes of it
        byte[] unit = Convert.FromHexString("0A0B000000043CFFBCFBF90040");
        Assert.True(Av1SequenceHeader.TryParse(unit, out Av1SequenceHeader header));
        byte[] record = new byte[Av1Configuration.MaxLength];
        int length = Av1Configuration.Write(header, unit[0], unit.AsSpan(2), record);
        Assert.Equal("81000C000A0B000000043CFFBCFBF90040", Convert.ToHexString(record.AsSpan(0, length)));
        Assert.True(Av1Configuration.TryParse(record.AsSpan(0, length), out Av1SequenceHeader read));
        Assert.Equal(header, read);
        Assert.Equal((320, 240), (read.Width, read.Height));
    }
}
