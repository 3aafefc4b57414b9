using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Tests.Hosting;

namespace Gateway.Tests.Certificates;

/// <summary>With the real mkcert, its root in a folder of its own: no trust store of the system is touched.</summary>
[Trait("Suite", "inprocess")]
public class MkcertTests
{
    [Theory]
    [InlineData("-cert-file", "cert.pem", "-key-file", "key.pem")]
    [InlineData]
    public async Task What_mkcert_writes_is_found_and_trusted_by_who_trusts_its_root(params string[] names)
    {
        using var folder = new TemporaryFolder();
        string root = Directory.CreateDirectory(Path.Combine(folder.Path, "root")).FullName;
        string certificates = Directory.CreateDirectory(Path.Combine(folder.Path, "certs")).FullName;
        await Mkcert(root, certificates, [.. names, "localhost", "127.0.0.1", "::1"]);
        await using RunningGateway gateway = await RunningGateway.StartAsync($"--Certificates:Directory={certificates}");

        using X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(root, "rootCA.pem"));
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        using var client = new HttpClient(handler);
        foreach (string host in (string[])["localhost", "127.0.0.1", "[::1]"])
            Assert.Equal("ok\n", await client.GetStringAsync($"https://{host}:{gateway.Host.HttpsPort}/healthz"));
    }

    private static async Task Mkcert(string root, string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("mkcert", arguments) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["CAROOT"] = root;
        start.Environment["TRUST_STORES"] = "none";
        using Process process = Process.Start(start)!;
        string said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, said);
    }
}
