using System.Collections.Immutable;
using Media.FFmpeg;
using TestKit;

namespace Media.Tests.FFmpeg;

public sealed class AnnexBTests
{
    private static readonly ImmutableArray<ImmutableArray<byte>> Sets = [[0x67, 1], [0x68, 2]];

    [Fact]
    public void Lengths_become_start_codes_behind_the_parameter_sets()
    {
        byte[] frame = [0, 0, 0, 2, 0x65, 9, 0, 0, 0, 1, 0x06];
        var stream = new byte[AnnexB.Size(frame, Sets)];
        Assert.Equal(stream.Length, AnnexB.Write(frame, Sets, stream));
        Assert.Equal("000000016701000000016802000000016509" + "0000000106", Convert.ToHexString(stream));
    }

    [Fact]
    public void A_length_beyond_the_frame_ends_it()
    {
        byte[] frame = [0, 0, 0, 1, 0x65, 0xFF, 0xFF, 0xFF, 0xFF, 1];
        var stream = new byte[AnnexB.Size(frame, [])];
        Assert.Equal(5, AnnexB.Write(frame, [], stream));
    }

    [Fact]
    public void Units_are_found_behind_short_and_long_start_codes()
    {
        ReadOnlySpan<byte> stream = [0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 0, 0, 0, 1, 0x65, 7];
        var units = new List<string>();
        while (AnnexB.TryReadUnit(ref stream, out ReadOnlySpan<byte> unit)) units.Add(Convert.ToHexString(unit));
        Assert.Equal(["6701", "68", "6507"], units);
    }

    [Fact]
    public void Any_bytes_are_survived() => Fuzzer.Run([[0, 0, 0, 2, 0x65, 9, 0, 0, 1, 0x06], [0, 0, 1, 0x67]], bytes =>
    {
        AnnexB.Write(bytes, Sets, new byte[AnnexB.Size(bytes, Sets)]);
        ReadOnlySpan<byte> stream = bytes;
        while (AnnexB.TryReadUnit(ref stream, out _)) { }
    });
}
