using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Certificates;
using Gateway.Options;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Certificates;

public sealed class CertificateStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-11-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Without_files_a_self_signed_one_is_made_and_kept()
    {
        string first = Open().Certificate.Thumbprint;
        Assert.Equal(first, Open().Certificate.Thumbprint);
        Assert.True(_folder.IsPrivate(CertificateFiles.SelfSignedKey));
    }

    [Fact]
    public void The_self_signed_one_is_good_for_localhost_and_loopback()
    {
        X509Certificate2 certificate = Open().Certificate;
        Assert.True(certificate.MatchesHostname("localhost"));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.True(certificate.MatchesHostname("::1"));
    }

    [Fact]
    public void A_self_signed_one_that_ran_out_is_made_anew()
    {
        string first = Open().Certificate.Thumbprint;
        _time.Advance(TimeSpan.FromDays(3 * 365));
        Assert.NotEqual(first, Open().Certificate.Thumbprint);
    }

    [Fact]
    public void The_users_own_files_win_over_mkcerts_names_and_those_over_the_self_signed()
    {
        Open();
        Assert.True(Open().Files.IsSelfSigned);
        Write("localhost+2.pem", "localhost+2-key.pem", "mkcert");
        Assert.Equal("CN=mkcert", Open().Certificate.Subject);
        Write("cert.pem", "key.pem", "own");
        Assert.Equal("CN=own", Open().Certificate.Subject);
    }

    [Fact]
    public void A_changed_file_is_taken_up_at_the_next_look()
    {
        CertificateStore store = Open();
        Write("cert.pem", "key.pem", "new");
        store.ServerOptions(null);
        Assert.True(store.Files.IsSelfSigned);
        _time.Advance(TimeSpan.FromSeconds(2));
        store.ServerOptions(null);
        Assert.Equal("CN=new", store.Certificate.Subject);
    }

    [Fact]
    public void A_half_written_pair_leaves_the_old_one_in_force()
    {
        Write("cert.pem", "key.pem", "old");
        CertificateStore store = Open();
        _folder.File("key.pem", "-----BEGIN PRIVATE KEY-----\nMIG");
        _time.Advance(TimeSpan.FromSeconds(2));
        store.ServerOptions(null);
        Assert.Equal("CN=old", store.Certificate.Subject);
        Write("cert.pem", "key.pem", "whole");
        _time.Advance(TimeSpan.FromSeconds(2));
        store.ServerOptions(null);
        Assert.Equal("CN=whole", store.Certificate.Subject);
    }

    [Fact]
    public void One_file_of_two_stops_the_start()
    {
        _folder.File("cert.pem", "x");
        Assert.Contains("only one of cert.pem and key.pem", Assert.Throws<OptionException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_no_certificate_stop_the_start_in_one_line()
    {
        _folder.File("cert.pem", "x");
        _folder.File("key.pem", "y");
        string message = Assert.Throws<OptionException>(Open).Message;
        Assert.StartsWith("Certificates:Directory: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_key_of_another_certificate_stops_the_start()
    {
        Write("cert.pem", "other.pem", "one");
        Write("other-cert.pem", "key.pem", "two");
        Assert.Throws<OptionException>(Open);
    }

    public void Dispose() => _folder.Dispose();

    private CertificateStore Open() => new(_folder.Path, _time, NullLogger<CertificateStore>.Instance);

    private void Write(string certificate, string key, string name)
    {
        using ECDsa pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = new CertificateRequest($"CN={name}", pair, HashAlgorithmName.SHA256)
            .CreateSelfSigned(_time.GetUtcNow(), _time.GetUtcNow().AddDays(30));
        _folder.File(certificate, made.ExportCertificatePem());
        _folder.File(key, pair.ExportPkcs8PrivateKeyPem());
    }
}
