using Media.Codecs;
using Media.Tests.Codecs;
using TestKit;

namespace Media.Tests.Fuzz;

public class SequenceParameterSetFuzzTests
{
    [Fact]
    public void Any_bytes_give_a_sane_size_or_a_refusal()
    {
        byte[][] seeds =
        [
            Samples.Hex(Samples.HighSps), Samples.Hex(Samples.BaselineSps), Samples.Hex(Samples.HighPps),
            Samples.Hex("67640028acd94078044fde022000000300200000064c90001e848003d09c98601f162d96"),
            Samples.Hex("67f4000c919b282833f1b808800000030080000018078a14cb"),
        ];
        Fuzzer.Run(seeds, static data =>
        {
            if (PictureParameterSet.TryParse(data, out PictureParameterSet pps)) Assert.InRange(pps.Id, 0, 255);
            if (SliceHeader.TryParse(data, out SliceHeader slice)) Assert.InRange(slice.Type, SliceType.P, SliceType.Si);
            if (!SequenceParameterSet.TryParse(data, out SequenceParameterSet? sps)) return;
            Assert.InRange(sps!.Width, 1, 16_880);
            Assert.InRange(sps.Height, 1, 33_760);
            Assert.InRange(sps.FrameRate, 0, 1000);
            Assert.InRange(sps.ReorderFrames, -1, 16);
        });
    }
}
