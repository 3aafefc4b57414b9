using Protocols.Srtp;

namespace Protocols.Tests.Srtp;

public sealed class SrtpVectorTests
{
    private const string GcmRtpPlain = "8040F17B8041F8D35501A0B2"
        + "47616C6C696120657374206F6D6E697320646976697361"
        + "20696E207061727465732074726573";

    private const string GcmRtcpBody = "4E545031" + "4E545032" + "52545020" + "0000042A" + "0000E930" + "4C756E61"
        + "DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF";

    [Theory] // RFC 7714 §16.1.1 and §16.2.1
    [InlineData(16, "F24DE3A3FB34DE6CACBA861C9D7E4BCABE633BD50D294E6F42A5F47A51C7D19B36DE3ADF8833899D7F27BEB16A9152CF765EE4390CCE")]
    [InlineData(32, "32B1DE78A822FE12EF9F78FA332E33AAB18012389A58E2F3B50B2A0276FFAE0F1BA63799B87B7AA3DB36DFFFD6B0F9BB7878D7A76C13")]
    public void Gcm_protects_rtp_as_in_the_rfc(int keyLength, string expected)
    {
        foreach (SrtpKernels kernels in KernelSets.All)
        {
            using SrtpCipher cipher = kernels.CreateGcm(Counting(keyLength), "Quid pro quo"u8);
            byte[] packet = Convert.FromHexString(GcmRtpPlain);
            byte[] body = packet[12..];
            byte[] tag = new byte[16];
            var nonce = new SrtpNonce(0x5501A0B2, 0xF17B, 0, IsRtcp: false);

            cipher.Seal(nonce, packet, 12, body, tag);

            Assert.Equal(expected, Convert.ToHexString(packet.AsSpan(12)) + Convert.ToHexString(tag));
            Assert.True(cipher.Open(nonce, packet, 12, tag, packet.AsSpan(12)));
            Assert.Equal(body, packet[12..]);
        }
    }

    [Theory] // RFC 7714 §17.1 and §17.3
    [InlineData(16, "63E94885DCDAB67CA727D7662F6B7E997FF5C0F76C06F32DC676A5F1730D6FDA4CE09B4686303DED0BB9275BC84AA45896CF4D2FC5ABF87245D9EADE")]
    [InlineData(32, "D50AE4D1F5CE5D304BA297E47D470C282C3ECE5DBFFE0A50A2EAA5C1110555BE8415F658C61DE0476F1B6FAD1D1EB30C4446839F57FF6F6CB26AC3BE")]
    public void Gcm_protects_rtcp_as_in_the_rfc(int keyLength, string expected)
    {
        foreach (SrtpKernels kernels in KernelSets.All)
        {
            using SrtpCipher cipher = kernels.CreateGcm(Counting(keyLength), "Quid pro quo"u8);
            byte[] packet = Convert.FromHexString("81C8000D4D617273" + GcmRtcpBody);
            byte[] tag = new byte[16];

            cipher.Seal(new SrtpNonce(0x4D617273, 0x5D4, 0x800005D4, IsRtcp: true), packet, 8, packet.AsSpan(8), tag);

            Assert.Equal(expected, Convert.ToHexString(packet.AsSpan(8)) + Convert.ToHexString(tag));
        }
    }

    [Fact] // the vectors that libsrtp ships for the default profile
    public void Counter_mode_protects_rtp_like_the_reference_implementation()
    {
        foreach (SrtpKernels kernels in KernelSets.All)
        {
            using SrtpContext context = CounterModeContext(kernels);
            byte[] packet = Convert.FromHexString("800F1234DECAFBADCAFEBABEABABABABABABABABABABABABABABABAB");
            byte[] result = new byte[packet.Length + context.RtpOverhead];

            Assert.Equal(SrtpResult.Ok, context.Protect(packet, result, out int length));

            Assert.Equal("800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB",
                Convert.ToHexString(result.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Counter_mode_unprotects_rtcp_of_the_reference_implementation()
    {
        foreach (SrtpKernels kernels in KernelSets.All)
        {
            using SrtpContext context = CounterModeContext(kernels);
            byte[] packet = Convert.FromHexString("81C8000BCAFEBABE7128035BE487B9BDBEF89041F977A5A880000001993E08CD54D6C1230798");
            byte[] result = new byte[packet.Length];

            Assert.Equal(SrtpResult.Ok, context.UnprotectRtcp(packet, result, out int length));

            Assert.Equal("81C8000BCAFEBABEABABABABABABABABABABABABABABABAB", Convert.ToHexString(result.AsSpan(0, length)));
        }
    }

    private static SrtpContext CounterModeContext(SrtpKernels kernels) => new(
        kernels,
        SrtpProfile.Aes128CmSha1Tag80,
        Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139"),
        Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6"));

    private static byte[] Counting(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte)i;
        return bytes;
    }
}
