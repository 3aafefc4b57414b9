using Media.Codecs;
using TestKit;

namespace Media.Tests.Codecs;

public class H264StreamTests
{
    private static readonly byte[] s_idr = [0x65, 0x88, 0x84, 0x01, 0x02];
    private static readonly byte[] s_reference = [0x41, 0x9a, 0x26, 0x01];
    private static readonly byte[] s_unreferenced = [0x01, 0x9e, 0x42, 0x01];
    private static readonly byte[] s_sei = [0x06, 0x05, 0x01, 0x00, 0x80];
    private static readonly byte[] s_delimiter = [0x09, 0x10];
    private static readonly byte[] s_filler = [0x0c, 0xff, 0xff, 0x80];

    private static H264Stream Configured(string avcC = Samples.AvcConfiguration)
    {
        var stream = new H264Stream();
        Assert.True(stream.TryConfigure(Samples.Hex(avcC)));
        return stream;
    }

    [Fact]
    public void A_sequence_header_makes_the_format()
    {
        TrackFormat format = Configured().Format!;
        Assert.Equal((Codec.H264, 90_000, 0), (format.Codec, format.ClockRate, format.Version));
        Assert.Equal((32, 32, 25.0), (format.Video!.Width, format.Video.Height, format.Video.FrameRate));
        Assert.Equal(2, format.ParameterSets.Length);
        Assert.Equal(Samples.AvcConfiguration, Convert.ToHexStringLower(format.Configuration.AsSpan()));
    }

    [Fact]
    public void The_same_sequence_header_again_keeps_the_format()
    {
        H264Stream stream = Configured();
        TrackFormat? before = stream.Format;
        Assert.True(stream.TryConfigure(Samples.Hex(Samples.AvcConfiguration)));
        Assert.Same(before, stream.Format);
    }

    [Fact]
    public void A_broken_sequence_header_changes_nothing()
    {
        H264Stream stream = Configured();
        TrackFormat? before = stream.Format;
        Assert.False(stream.TryConfigure([1, 2, 3]));
        Assert.Same(before, stream.Format);
    }

    [Fact]
    public void Slices_and_sei_stay_and_the_rest_goes()
    {
        byte[] unit = Samples.LengthPrefixed(
            4, s_delimiter, Samples.Hex(Samples.HighSps), Samples.Hex(Samples.HighPps), s_sei, s_idr, s_idr, s_filler, [0x0a]);
        Assert.True(Configured().TryNormalize(unit, out int length, out bool isKeyframe, out bool isDiscardable));
        Assert.Equal(Samples.LengthPrefixed(4, s_sei, s_idr, s_idr), unit[..length]);
        Assert.True(isKeyframe);
        Assert.False(isDiscardable);
    }

    [Fact]
    public void A_frame_that_nothing_refers_to_is_discardable()
    {
        H264Stream stream = Configured();
        byte[] both = Samples.LengthPrefixed(4, s_unreferenced, s_reference);
        byte[] none = Samples.LengthPrefixed(4, s_unreferenced, s_unreferenced);
        Assert.True(stream.TryNormalize(both, out _, out _, out bool isDiscardable));
        Assert.False(isDiscardable);
        Assert.True(stream.TryNormalize(none, out _, out bool isKeyframe, out isDiscardable));
        Assert.True(isDiscardable);
        Assert.False(isKeyframe);
    }

    [Fact]
    public void New_parameter_sets_in_the_stream_make_a_new_version()
    {
        H264Stream stream = Configured();
        byte[] unit = Samples.LengthPrefixed(4, Samples.Hex(Samples.BaselineSps), Samples.Hex(Samples.BaselinePps), s_idr);
        Assert.True(stream.TryNormalize(unit, out _, out _, out _));
        Assert.Equal(1, stream.Format!.Version);
        Assert.Equal((64, 48), (stream.Format.Video!.Width, stream.Format.Video.Height));
        Assert.Equal(2, stream.Format.ParameterSets.Length);
    }

    [Fact]
    public void Repeated_parameter_sets_make_no_new_version_and_no_garbage()
    {
        H264Stream stream = Configured();
        Assert.True(AvcConfiguration.TryParse(Samples.Hex(Samples.AvcConfiguration), out AvcConfiguration? sets));
        byte[] unit = Samples.LengthPrefixed(
            4, [.. sets!.SequenceParameterSets[0]], [.. sets.PictureParameterSets[0]], s_idr);
        byte[] copy = new byte[unit.Length];
        TrackFormat? format = stream.Format;
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 100; i++) stream.TryNormalize(unit, copy, out _, out _, out _);
        });
        Assert.Same(format, stream.Format);
    }

    [Fact]
    public void Sets_with_different_ids_are_all_kept()
    {
        H264Stream stream = Configured();
        byte[] second = Samples.Hex(Samples.HighPps);
        second[1] = 0b0101_1111; // id 1 in place of id 0
        byte[] unit = Samples.LengthPrefixed(4, second, s_idr);
        Assert.True(stream.TryNormalize(unit, out _, out _, out _));
        Assert.Equal(3, stream.Format!.ParameterSets.Length);
        Assert.Equal([7, 8, 8], stream.Format.ParameterSets.Select(set => NalUnit.Type(set[0])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Short_lengths_are_widened_out_of_place(int lengthSize)
    {
        byte[] avcC = Samples.Hex(Samples.AvcConfiguration);
        avcC[4] = (byte)(0xfc | (lengthSize - 1));
        H264Stream stream = Configured(Convert.ToHexString(avcC));
        byte[] unit = Samples.LengthPrefixed(lengthSize, s_delimiter, s_sei, s_idr);
        Assert.False(stream.TryNormalize(unit, out _, out _, out _));
        byte[] room = new byte[stream.MaxNormalizedLength(unit)];
        Assert.True(stream.TryNormalize(unit, room, out int length, out bool isKeyframe, out _));
        Assert.Equal(Samples.LengthPrefixed(4, s_sei, s_idr), room[..length]);
        Assert.True(isKeyframe);
    }

    [Fact]
    public void A_unit_that_reaches_past_the_end_is_malformed()
    {
        byte[] unit = Samples.LengthPrefixed(4, s_idr, s_idr);
        Assert.False(Configured().TryNormalize(unit.AsSpan(0, unit.Length - 1), out _, out _, out _));
    }

    [Fact]
    public void Units_without_picture_leave_nothing()
    {
        byte[] unit = Samples.LengthPrefixed(4, s_delimiter, [], s_filler);
        Assert.True(Configured().TryNormalize(unit, out int length, out bool isKeyframe, out bool isDiscardable));
        Assert.Equal((0, false, false), (length, isKeyframe, isDiscardable));
    }

    [Fact]
    public void A_byte_stream_is_normalized_and_written_again()
    {
        var stream = new H264Stream();
        var flags = new List<(bool, bool)>();
        foreach (byte[] unit in Samples.AnnexBAccessUnits)
        {
            byte[] frame = new byte[H264Stream.MaxNormalizedLengthAnnexB(unit)];
            Assert.True(stream.TryNormalizeAnnexB(unit, frame, out int length, out bool isKeyframe, out bool isDiscardable));
            flags.Add((isKeyframe, isDiscardable));
            byte[] again = new byte[H264Frame.AnnexBLength(frame.AsSpan(0, length), [])];
            Assert.Equal(length, H264Frame.WriteAnnexB(frame.AsSpan(0, length), [], again));
            // Start codes of 3 bytes come back with 4; the slices are the same.
            Assert.EndsWith(Convert.ToHexString(unit.AsSpan(unit.Length - 8)), Convert.ToHexString(again), StringComparison.Ordinal);
        }

        Assert.Equal([(true, false), (false, false), (false, true), (false, true), (false, false), (false, true)], flags);
        Assert.Equal((32, 32), (stream.Format!.Video!.Width, stream.Format.Video.Height));
    }
}
