using System.Globalization;
using System.Security.Cryptography;
using Protocols.Dtls;

namespace Protocols.Tests.Dtls;

public sealed class DtlsFingerprintTests
{
    [Theory]
    [InlineData("sha-256", 32)]
    [InlineData("SHA-384", 48)]
    [InlineData("sha-512", 64)]
    public void It_matches_the_certificate_it_is_the_hash_of(string algorithm, int length)
    {
        byte[] der = DtlsPeer.FirstCertificate.Certificate;
        byte[] hash = length == 32 ? SHA256.HashData(der) : length == 48 ? SHA384.HashData(der) : SHA512.HashData(der);
        string text = string.Join(':', hash.Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

        Assert.True(DtlsFingerprint.TryParse(algorithm, text, out DtlsFingerprint? fingerprint));

        Assert.True(fingerprint.Matches(der));
        Assert.False(fingerprint.Matches(DtlsPeer.SecondCertificate.Certificate));
        Assert.Equal(text.ToUpperInvariant(), fingerprint.Value);
    }

    [Fact]
    public void What_is_written_can_be_read()
    {
        DtlsFingerprint own = DtlsPeer.FirstCertificate.Fingerprint;
        Assert.True(DtlsFingerprint.TryParse(own.AlgorithmName, own.Value, out DtlsFingerprint? read));
        Assert.Equal(own.ToString(), read.ToString());
    }

    [Theory]
    [InlineData("md5", "AA:BB")]
    [InlineData("sha-1", "AA:BB")]
    [InlineData("sha-256", "")]
    [InlineData("sha-256", "AA:BB")]
    public void What_is_weak_or_cut_off_is_refused(string algorithm, string value)
    {
        Assert.False(DtlsFingerprint.TryParse(algorithm, value, out _));
    }

    [Fact]
    public void A_wrong_digit_or_separator_is_refused()
    {
        string value = DtlsPeer.FirstCertificate.Fingerprint.Value;
        Assert.False(DtlsFingerprint.TryParse("sha-256", "G" + value[1..], out _));
        Assert.False(DtlsFingerprint.TryParse("sha-256", value.Replace(':', '-'), out _));
    }
}
