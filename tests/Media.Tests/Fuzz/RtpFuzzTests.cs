using Media.Rtp;
using Media.Tests.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Fuzz;

public class RtpFuzzTests
{
    [Fact]
    public void Any_packet_is_survived()
    {
        byte[][] seeds =
        [
            Convert.FromHexString("b2600001000000020000000300000001aaaaaaaabede000110ff0000c0ffee000003"),
            Convert.FromHexString("906001f5de18979f511b9dd11000000301 00c801aa000304cccccccc".Replace(" ", "", StringComparison.Ordinal)),
            .. RtpSamples.H264Packets.Take(2).Select(Convert.FromHexString),
        ];
        Fuzzer.Run(seeds, static data =>
        {
            if (!RtpHeader.TryParse(data, out RtpHeader header)) return;
            HeaderExtensions extensions = header.Extensions(data);
            int total = 0;
            while (extensions.MoveNext()) total += 1 + extensions.Data.Length;
            Assert.InRange(total, 0, header.ExtensionLength);
            if (header.TryGetPayload(data, out ReadOnlySpan<byte> payload))
                Assert.InRange(payload.Length, 0, data.Length - header.Length);
        });
    }
}
