using Protocols.Srtp;
using Protocols.Tests.Srtp;
using TestKit;

namespace Protocols.Tests.Fuzz;

public sealed class SrtpContextFuzzTests
{
    [Theory]
    [InlineData(SrtpProfile.Aes128CmSha1Tag80)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    public void No_bytes_make_the_srtp_receiver_throw(SrtpProfile profile)
    {
        byte[] exported = new byte[SrtpKeyMaterial.ExportedLength(profile)];
        using SrtpContext sender = new SrtpKeyMaterial(profile, exported, isClient: true).CreateSender();
        using SrtpContext receiver = new SrtpKeyMaterial(profile, exported, isClient: false).CreateReceiver();
        byte[] rtp = new byte[200];
        sender.Protect(SrtpContextTests.Packet(1, 100), rtp, out int rtpLength);
        byte[] rtcp = new byte[200];
        sender.ProtectRtcp(SrtpContextTests.Report(), rtcp, out int rtcpLength);
        byte[] destination = new byte[2048];

        Fuzzer.Run([rtp[..rtpLength], rtcp[..rtcpLength]], input =>
        {
            receiver.Unprotect(input, destination, out _);
            receiver.UnprotectRtcp(input, destination, out _);
            sender.Protect(input, destination, out _);
        });
    }
}
