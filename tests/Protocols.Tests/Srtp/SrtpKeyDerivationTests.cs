using System.Runtime.Intrinsics;
using Protocols.Srtp;

namespace Protocols.Tests.Srtp;

public sealed class SrtpKeyDerivationTests
{
    private static readonly byte[] s_masterKey = Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139");
    private static readonly byte[] s_masterSalt = Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6");

    [Theory] // RFC 3711 appendix B.3
    [InlineData(SrtpKeyDerivation.RtpEncryption, "C61E7A93744F39EE10734AFE3FF7A087")]
    [InlineData(SrtpKeyDerivation.RtpSalt, "30CBBC08863D8C85D49DB34A9AE1")]
    [InlineData(SrtpKeyDerivation.RtpAuthentication, "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCE"
        + "E049646C43D9327AD175578EF72270986371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E47403576")]
    public void The_session_keys_are_those_of_the_rfc(byte label, string expected)
    {
        foreach (SrtpKernels kernels in KernelSets.All)
        {
            byte[] key = new byte[expected.Length / 2];
            using var derivation = new SrtpKeyDerivation(kernels, s_masterKey, s_masterSalt);

            derivation.Derive(label, key);

            Assert.Equal(expected, Convert.ToHexString(key));
        }
    }

    [Fact] // RFC 3711 appendix B.2
    public void The_keystream_is_that_of_the_rfc()
    {
        byte[] key = Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C");
        byte[] block = Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000");
        byte[] stream = new byte[0xFF02 * 16];
        using var portable = new PortableCounterMode(key);
        portable.Transform(block, stream, stream);
        AssertKeystream(stream);

        if (!CipherInstructions.IsSupported) return;
        stream.AsSpan().Clear();
        using var kernel = new KernelCounterMode(key);
        kernel.Transform(CipherInstructions.Reverse(Vector128.Create(block)).AsUInt32(), stream, stream);
        AssertKeystream(stream);
    }

    private static void AssertKeystream(byte[] stream)
    {
        Assert.Equal("E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0",
            Convert.ToHexString(stream.AsSpan(0, 48)));
        Assert.Equal("EC8CDF7398607CB0F2D21675EA9EA1E4362B7C3C6773516318A077D7FC5073AE6A2CC3787889374FBEB4C81B17BA6C44",
            Convert.ToHexString(stream.AsSpan(0xFEFF * 16, 48)));
    }
}
