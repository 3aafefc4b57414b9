using Protocols.Sdp;

namespace Protocols.Tests.Sdp;

public sealed class FingerprintTests
{
    private const string Text =
        "sha-256 59:88:2F:D3:DE:BB:49:E2:FD:EF:3A:04:14:7D:E0:1C:FD:BF:7E:61:72:42:DF:2F:7E:E1:7D:DC:0C:46:81:7E";

    [Fact]
    public void It_survives_reading_and_writing()
    {
        Assert.True(Fingerprint.TryParse(Text, out Fingerprint? fingerprint));
        Assert.Equal(Text, fingerprint!.ToString());
        Assert.True(Fingerprint.TryParse(Text.Replace("sha", "SHA", StringComparison.Ordinal).Replace("FD:BF", "fd:bf", StringComparison.Ordinal), out Fingerprint? other));
        Assert.Equal(fingerprint, other);
    }

    [Fact]
    public void It_matches_only_the_certificate_it_was_made_of()
    {
        Fingerprint fingerprint = Fingerprint.OfCertificate([1, 2, 3]);
        Assert.True(fingerprint.Matches([1, 2, 3]));
        Assert.False(fingerprint.Matches([1, 2, 4]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha-256")]
    [InlineData("sha-256 59:88")]
    [InlineData("sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB")]
    [InlineData("sha-256 59;88:2F:D3:DE:BB:49:E2:FD:EF:3A:04:14:7D:E0:1C:FD:BF:7E:61:72:42:DF:2F:7E:E1:7D:DC:0C:46:81:7E")]
    [InlineData("sha-256 G9:88:2F:D3:DE:BB:49:E2:FD:EF:3A:04:14:7D:E0:1C:FD:BF:7E:61:72:42:DF:2F:7E:E1:7D:DC:0C:46:81:7E")]
    public void What_is_broken_or_too_weak_is_not_taken(string text) => Assert.False(Fingerprint.TryParse(text, out _));
}
