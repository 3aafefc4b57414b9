using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using TestKit.Processes;

namespace Browser.Tests;

/// <summary>HTTPS and RTMPS with certificates made by the real mkcert.</summary>
[Trait("Suite", "browsers")]
public sealed class CertificateTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-mkcert-");

    [Theory]
    [InlineData("-cert-file", "cert.pem", "-key-file", "key.pem", "localhost", "127.0.0.1", "::1")]
    [InlineData("localhost", "127.0.0.1", "::1")]
    public async Task Certificates_by_mkcert_serve_HTTPS_and_RTMPS(params string[] arguments)
    {
        await MkcertAsync(arguments);
        using GatewayProcess gateway = await StartAsync();
        Assert.Equal("", await ErrorsOfAsync(gateway.HttpsPort));
        Assert.Equal("", await ErrorsOfAsync(gateway.RtmpsPort));
    }

    [Fact]
    public async Task A_certificate_that_comes_later_is_taken_up_without_a_restart()
    {
        await MkcertAsync("-cert-file", Path.Combine(_folder.FullName, "unused.pem"), "-key-file", Path.Combine(_folder.FullName, "unused-key.pem"), "other");
        foreach (string unused in Directory.GetFiles(_folder.FullName, "unused*")) File.Delete(unused);
        using GatewayProcess gateway = await StartAsync();
        Assert.NotEqual("", await ErrorsOfAsync(gateway.HttpsPort));
        await MkcertAsync("-cert-file", "cert.pem", "-key-file", "key.pem", "localhost");
        string errors = "";
        for (int attempt = 0; attempt < 100 && (errors = await ErrorsOfAsync(gateway.HttpsPort)).Length > 0; attempt++) await Task.Delay(100);
        Assert.Equal("", errors);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task<GatewayProcess> StartAsync() => GatewayProcess.StartAsync("--Certificates:Directory=" + _folder.FullName);

    private async Task MkcertAsync(params string[] arguments)
    {
        Environment.SetEnvironmentVariable("CAROOT", _folder.CreateSubdirectory("ca").FullName);
        await ChildProcess.RunAsync("mkcert", arguments, _folder.FullName);
    }

    /// <summary>What is wrong with the certificate that is shown there, for one who trusts mkcert's root alone.</summary>
    private async Task<string> ErrorsOfAsync(int port)
    {
        using X509Certificate2 root = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_folder.FullName, "ca", "rootCA.pem"));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var stream = new SslStream(client.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck,
            },
        };
        try
        {
            await stream.AuthenticateAsClientAsync(options);
            return "";
        }
        catch (AuthenticationException fault)
        {
            return fault.Message;
        }
    }
}
