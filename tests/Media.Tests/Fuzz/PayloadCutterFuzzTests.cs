using Media.Rtp.Payloads;
using Media.Tests.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Fuzz;

public class PayloadCutterFuzzTests
{
    [Theory]
    [InlineData(Codec.H264)]
    [InlineData(Codec.H265)]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void Whatever_a_payload_says_its_parts_stay_inside(Codec codec) => Fuzzer.Run(
        [
            Convert.FromHexString(RtpSamples.H264Packets[0])[12..], Convert.FromHexString(RtpSamples.Vp8Packets[0])[12..],
            Convert.FromHexString(RtpSamples.Vp9Packets[0])[12..], Convert.FromHexString("280b" + Av1Samples.TemporalUnits[0][8..]),
            Convert.FromHexString("780002670100016800026588"), Convert.FromHexString("620193AF0102"), Convert.FromHexString("60010003400101000342010100034401010003260101"),
        ],
        data =>
        {
            byte[] parts = new byte[data.Length + PayloadCutter.MaxOverhead];
            if (!PayloadCutter.TryCut(codec, data, parts, out int first, out int second)) return;
            Assert.True(first > 0 && second > 0 && first + second <= parts.Length);
            Assert.True(first + second >= data.Length - 6);
            ParameterSetPayloads.AreIn(codec, data);
        }, rounds: 5000);
}
