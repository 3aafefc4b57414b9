using Media.Rtp.Payloads;
using Media.Tests.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Fuzz;

public class PayloadInspectorFuzzTests
{
    [Theory]
    [InlineData(Codec.H264)]
    [InlineData(Codec.H265)]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void Whatever_a_payload_says_the_offsets_stay_inside(Codec codec) => Fuzzer.Run(
        [
            Convert.FromHexString("B0F0812305A70011223344"), Convert.FromHexString("AA92340009380140 00B4028001680104018200".Replace(" ", "", StringComparison.Ordinal)),
            Convert.FromHexString(Av1Samples.TemporalUnits[0]), Convert.FromHexString(RtpSamples.Vp9Packets[0])[12..],
            Convert.FromHexString(RtpSamples.H264Packets[0])[12..], Convert.FromHexString(RtpSamples.Vp8Packets[0])[12..],
            Convert.FromHexString("780002674200016800026588"), Convert.FromHexString("7c85aabbcc"), Convert.FromHexString("00020A0103344801"),
        ],
        data =>
        {
            Assert.False(KeyframeProperties.Read(codec, data) is { } video && (video.Width <= 0 || video.Height <= 0));
            if (!PayloadInspector.TryInspect(codec, data, out PayloadInfo info)) return;
            Assert.True(info.DescriptorLength < data.Length);
            Assert.True(info.PictureIdOffset + info.PictureIdLength <= info.DescriptorLength);
            Assert.True(info.Tl0PicIdxOffset <= info.DescriptorLength && info.KeyIdxOffset <= info.DescriptorLength);
            Assert.InRange(info.SpatialId, 0, 7);
            Assert.InRange(info.TemporalId, 0, 7);
        }, rounds: 5000);
}
