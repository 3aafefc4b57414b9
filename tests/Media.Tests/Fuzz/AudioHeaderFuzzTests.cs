using Media.Codecs;
using Media.Tests.Codecs;
using TestKit;

namespace Media.Tests.Fuzz;

public class AudioHeaderFuzzTests
{
    [Fact]
    public void Any_aac_configuration_is_survived()
    {
        byte[][] seeds =
        [
            Samples.Hex("119056e500"), Samples.Hex("2b920800"), Samples.Hex("eb8a0800"), Samples.Hex("17805DC010"),
            Samples.Hex("118004c8050001088000"),
        ];
        Fuzzer.Run(seeds, static data =>
        {
            if (!AacConfiguration.TryParse(data, out AacConfiguration configuration)) return;
            Assert.InRange(configuration.SampleRate, 1000, 192_000);
            Assert.InRange(configuration.OutputSampleRate, 1000, 192_000);
            Assert.InRange(configuration.Channels, 1, 100);
        });
    }

    [Fact]
    public void Any_opus_packet_and_vp8_header_is_survived()
    {
        Fuzzer.Run([Samples.Hex("fc00"), Samples.Hex("fb03"), Samples.Hex("d01b009d012a80026801")], static data =>
        {
            if (OpusPacket.TryParse(data, out OpusPacket packet)) Assert.InRange(packet.Duration, 120, 5760);
            if (Vp8Header.TryParse(data, out Vp8Header header) && header.IsKeyframe) Assert.InRange(header.Width, 1, 16383);
        });
    }
}
