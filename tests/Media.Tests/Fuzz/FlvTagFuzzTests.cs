using Media.Flv;
using TestKit;

namespace Media.Tests.Fuzz;

public sealed class FlvTagFuzzTests
{
    [Fact]
    public void Any_body_gives_a_tag_within_it_or_false() =>
        Fuzzer.Run(
            [[0x17, 1, 0, 0, 200, 1, 2, 3], [0x17, 2, 0, 0, 0], [0xAF, 0, 0x12, 0x10], [0x90, .. "hvc1"u8, 0], [0x2F, 1]],
            data =>
            {
                if (FlvVideoTag.TryParse(data, out FlvVideoTag video)) Assert.InRange(video.DataOffset, 0, data.Length);
                if (FlvAudioTag.TryParse(data, out FlvAudioTag audio)) Assert.InRange(audio.DataOffset, 0, data.Length);
            });
}
