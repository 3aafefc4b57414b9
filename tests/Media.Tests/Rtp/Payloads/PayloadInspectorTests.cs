using Media.Rtp.Payloads;

namespace Media.Tests.Rtp.Payloads;

public sealed class PayloadInspectorTests
{
    private static PayloadInfo Inspect(Codec codec, string hex)
    {
        Assert.True(PayloadInspector.TryInspect(codec, Convert.FromHexString(hex), out PayloadInfo info));
        return info;
    }

    [Theory]
    [InlineData("10 00", true, true)] // keyframe
    [InlineData("10 01", true, false)]
    [InlineData("11 00", false, false)] // start of another partition
    [InlineData("00 00", false, false)]
    public void A_vp8_keyframe_is_told_by_its_first_packet(string hex, bool startsFrame, bool startsKeyframe)
    {
        PayloadInfo info = Inspect(Codec.Vp8, hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal((startsFrame, startsKeyframe), (info.StartsFrame, info.StartsKeyframe));
    }

    [Fact]
    public void All_counters_of_a_vp8_descriptor_are_found()
    {
        PayloadInfo info = Inspect(Codec.Vp8, "B0F0812305A700");
        Assert.Equal(new PayloadInfo
        {
            StartsFrame = true,
            StartsKeyframe = true,
            IsDiscardable = true,
            PictureId = 0x123,
            PictureIdOffset = 2,
            PictureIdLength = 2,
            Tl0PicIdx = 5,
            Tl0PicIdxOffset = 4,
            TemporalId = 2,
            IsSwitchingPoint = true,
            KeyIdx = 7,
            KeyIdxOffset = 5,
            DescriptorLength = 6,
        }, info);
    }

    [Fact]
    public void A_short_vp8_picture_id_is_one_byte()
    {
        PayloadInfo info = Inspect(Codec.Vp8, "908012" + "01");
        Assert.Equal((0x12, 1, 3), (info.PictureId, (int)info.PictureIdLength, info.DescriptorLength));
    }

    [Fact]
    public void A_vp9_keyframe_with_its_structure_is_read()
    {
        // I, L, B, V; picture id 0x1234; TID 0, SID 0; TL0PICIDX 9; two layers 320x180 and 640x360, one picture with one reference
        PayloadInfo info = Inspect(Codec.Vp9, "AA" + "9234" + "00" + "09" + "38" + "014000B4" + "02800168" + "01" + "0401" + "82");
        Assert.Equal(new PayloadInfo
        {
            StartsFrame = true,
            StartsKeyframe = true,
            PictureId = 0x1234,
            PictureIdOffset = 1,
            PictureIdLength = 2,
            Tl0PicIdx = 9,
            Tl0PicIdxOffset = 4,
            DescriptorLength = 17,
        }, info);
        Assert.True(Vp9Descriptor.TryParse(
            Convert.FromHexString("AA923400093801 4000B40280016801040182".Replace(" ", "", StringComparison.Ordinal)), out Vp9Descriptor descriptor));
        Assert.Equal((640, 360), (descriptor.Width, descriptor.Height));
    }

    [Theory]
    [InlineData("0c824983420001f001f6", true)]
    [InlineData("0c860040929c28", false)] // as FFmpeg sends it: the frame itself is not a keyframe
    [InlineData("4c860040929c28", false)]
    [InlineData("0cffffff", true)] // unreadable, for instance encrypted
    public void A_vp9_keyframe_is_told_by_descriptor_and_frame(string hex, bool isKeyframe) =>
        Assert.Equal(isKeyframe, Inspect(Codec.Vp9, hex).StartsKeyframe);

    [Fact]
    public void An_upper_layer_of_a_vp9_keyframe_does_not_start_it()
    {
        // I, L, B, E; SID 1, D, U, TID 2
        PayloadInfo info = Inspect(Codec.Vp9, "AC" + "05" + "53" + "09" + "00");
        Assert.Equal((true, true, false), (info.StartsFrame, info.EndsFrame, info.StartsKeyframe));
        Assert.Equal((2, 1, true, true), ((int)info.TemporalId, (int)info.SpatialId, info.IsSwitchingPoint, info.IsInterLayerPredicted));
    }

    [Theory]
    [InlineData("58" + "03" + "02" + "00", 3, true)] // P, F: two references
    [InlineData("58" + "03" + "03" + "03" + "00", 3, false)] // four references are one too many
    public void Vp9_references_of_flexible_mode_are_stepped_over(string hex, int length, bool isGood)
    {
        Assert.Equal(isGood, PayloadInspector.TryInspect(Codec.Vp9, Convert.FromHexString(hex), out PayloadInfo info));
        if (isGood) Assert.Equal(length, info.DescriptorLength);
        Assert.False(info.StartsKeyframe);
    }

    [Theory]
    [InlineData("65aa", true, true, false)] // IDR
    [InlineData("6742", true, true, false)] // SPS
    [InlineData("68ce", true, false, false)] // PPS
    [InlineData("41aa", true, false, false)]
    [InlineData("01aa", true, false, true)] // nobody refers to it
    [InlineData("7c85aa", true, true, false)] // FU-A, start of an IDR
    [InlineData("7c05aa", false, false, false)]
    [InlineData("1c81aa", true, false, true)]
    [InlineData("780002674200016800026588", true, true, false)] // STAP-A with SPS
    [InlineData("180002010100020102", true, false, true)]
    public void H264_keyframes_are_told_by_idr_slices_and_parameter_sets(string hex, bool starts, bool isKeyframe, bool isDiscardable)
    {
        PayloadInfo info = Inspect(Codec.H264, hex);
        Assert.Equal((starts, isKeyframe, isDiscardable), (info.StartsFrame, info.StartsKeyframe, info.IsDiscardable));
    }

    [Theory]
    [InlineData("18" + "0A01" + "00", true, true, 0, 0)] // N, W = 1
    [InlineData("10" + "0A01" + "00", true, true, 0, 0)] // the sequence header says it too
    [InlineData("10" + "3001", true, false, 0, 0)]
    [InlineData("90" + "3001", false, false, 0, 0)] // goes on
    [InlineData("10" + "3448" + "01", true, false, 2, 1)] // extension: TID 2, SID 1
    [InlineData("00" + "02" + "0A01" + "03" + "3448" + "01", true, true, 2, 1)] // lengths
    [InlineData("20" + "02" + "0A01" + "3448" + "01", true, true, 2, 1)] // W = 2
    public void Av1_sequences_and_layers_are_told_by_header_and_units(string hex, bool starts, bool isKeyframe, int temporal, int spatial)
    {
        PayloadInfo info = Inspect(Codec.Av1, hex);
        Assert.Equal((starts, isKeyframe, temporal, spatial), (info.StartsFrame, info.StartsKeyframe, (int)info.TemporalId, (int)info.SpatialId));
    }

    [Theory]
    [InlineData(Codec.Vp8, "90")]
    [InlineData(Codec.Vp8, "9080ff")]
    [InlineData(Codec.Vp8, "90f081230507")]
    [InlineData(Codec.Vp9, "80ff")]
    [InlineData(Codec.Vp9, "0A38014000")]
    [InlineData(Codec.Vp9, "08")]
    [InlineData(Codec.H264, "7c")]
    [InlineData(Codec.H264, "7800ff00")]
    [InlineData(Codec.H264, "00")]
    [InlineData(Codec.H264, "1f")]
    [InlineData(Codec.Av1, "18")]
    [InlineData(Codec.Av1, "980A")] // goes on and begins a sequence
    [InlineData(Codec.Av1, "000A01")] // length beyond the end
    [InlineData(Codec.Av1, "30020A01")] // one of three
    [InlineData(Codec.Opus, "")]
    [InlineData(Codec.Aac, "")]
    public void Broken_payloads_are_refused(Codec codec, string hex) =>
        Assert.False(PayloadInspector.TryInspect(codec, Convert.FromHexString(hex), out _));

    [Fact]
    public void Each_packet_of_sound_is_a_start()
    {
        Assert.True(Inspect(Codec.Opus, "fc") is { StartsFrame: true, StartsKeyframe: true, DescriptorLength: 0 });
        Assert.True(Inspect(Codec.Pcmu, "ff") is { StartsFrame: true, StartsKeyframe: true });
    }
}
