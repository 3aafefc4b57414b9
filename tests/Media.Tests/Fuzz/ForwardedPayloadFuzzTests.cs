using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Tests.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Fuzz;

public class ForwardedPayloadFuzzTests
{
    private static IEnumerable<byte[]> Seeds =>
        RtpSamples.H264Packets.Concat(RtpSamples.Vp8Packets).Select(packet => Convert.FromHexString(packet)[RtpHeader.FixedLength..])
            .Append(Convert.FromHexString("AA80010007100280" + "0168AABB"))
            .Append(Convert.FromHexString("280B080000000427FFFF027F0167")).Append([]);

    [Theory]
    [InlineData(Codec.H264)]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void Any_payload_is_survived_and_means_the_same_after_it_was_renumbered(Codec codec)
    {
        var numbers = new PictureNumbers(codec);
        Fuzzer.Run(Seeds, data =>
        {
            VideoProperties? properties = KeyframeProperties.Read(codec, data);
            if (properties is not null) Assert.InRange(properties.Width, 1, 1 << 17);
            bool known = PayloadInspector.TryInspect(codec, data, out PayloadInfo before);
            byte[] copy = data.ToArray();
            numbers.BeginSource();
            numbers.Apply(copy);
            Assert.Equal(known, PayloadInspector.TryInspect(codec, copy, out PayloadInfo after));
            Assert.Equal(before with { PictureId = 0, Tl0PicIdx = 0, KeyIdx = 0 }, after with { PictureId = 0, Tl0PicIdx = 0, KeyIdx = 0 });
        });
    }
}
