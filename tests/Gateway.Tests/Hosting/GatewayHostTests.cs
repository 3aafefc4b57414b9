using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Gateway.Hosting;
using Gateway.Options;

namespace Gateway.Tests.Hosting;

[Trait("Suite", "inprocess")]
public class GatewayHostTests
{
    [Fact]
    public async Task It_answers_on_both_families_and_both_schemes()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using var trusting = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown is not null };
        using var client = new HttpClient(trusting);
        foreach (string host in (string[])["127.0.0.1", "[::1]"])
        {
            Assert.Equal("ok\n", await client.GetStringAsync($"http://{host}:{gateway.Host.HttpPort}/healthz"));
            Assert.Equal("ok\n", await client.GetStringAsync($"https://{host}:{gateway.Host.HttpsPort}/healthz"));
        }
    }

    [Fact]
    public async Task It_is_ready_until_it_drains()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--Shutdown:DrainSeconds=2");
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync("/readyz")).StatusCode);
        Task stop = gateway.Host.StopAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await gateway.Client.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync("/healthz")).StatusCode);
        await stop;
    }

    [Fact]
    public async Task An_open_event_stream_does_not_hold_up_the_stop()
    {
        RunningGateway gateway = await RunningGateway.StartAsync();
        await using Stream events = await gateway.Client.GetStreamAsync("/api/v1/events");
        await gateway.Host.StopAsync().WaitAsync(TimeSpan.FromSeconds(4));
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line_with_its_option()
    {
        using var taken = new TcpListener(IPAddress.IPv6Any, 0);
        taken.Server.DualMode = true;
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var refusal = await Assert.ThrowsAsync<OptionException>(() => RunningGateway.StartAsync($"--Http:Port={port}"));
        Assert.StartsWith($"Http:Port: port {port} is taken", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_udp_port_that_is_taken_is_told_in_one_line_with_its_option()
    {
        using var taken = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        taken.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var refusal = await Assert.ThrowsAsync<OptionException>(() => RunningGateway.StartAsync($"--WebRtc:Port={port}"));
        Assert.StartsWith($"WebRtc:Port: UDP port {port} can't be had", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task Pages_that_are_not_there_stop_the_start()
    {
        using var empty = new TemporaryFolder();
        var refusal = await Assert.ThrowsAsync<OptionException>(() => RunningGateway.StartAsync($"--Web:Root={empty.Path}"));
        Assert.StartsWith("Web:Root: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_that_is_off_is_not_there()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--Https:Port=0");
        Assert.Null(gateway.Host.HttpsPort);
        Assert.DoesNotContain("https://", gateway.Host.Banner(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_banner_shows_a_new_admin_key_once()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["--Http:Port=auto", "--Https:Port=0", "--Rtmp:Port=0", "--Rtmps:Port=0", "--WebRtc:Port=auto", $"--Certificates:Directory={folder.Path}", "--Shutdown:DrainSeconds=0"];
        foreach (bool expected in (bool[])[true, false])
        {
            await using GatewayHost host = GatewayHost.Create(arguments);
            await host.StartAsync();
            Assert.Equal(expected, host.Banner().Contains("admin key", StringComparison.Ordinal));
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task Https_offers_http_2_by_alpn()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal(SslApplicationProtocol.Http2, (await Handshake(gateway.Host.HttpsPort!.Value, SslApplicationProtocol.Http2)).Protocol);
    }

    [Fact]
    public async Task A_new_certificate_is_shown_without_a_restart()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string before = (await Handshake(gateway.Host.HttpsPort!.Value)).Thumbprint;
        using var other = new TemporaryFolder();
        _ = Gateway.Certificates.SelfSignedCertificate.Create(other.Path, TimeProvider.System);
        File.Copy(Path.Combine(other.Path, "self-signed.pem"), Path.Combine(gateway.CertificatesFolder, "cert.pem"));
        File.Copy(Path.Combine(other.Path, "self-signed-key.pem"), Path.Combine(gateway.CertificatesFolder, "key.pem"));
        for (int i = 0; i < 50 && (await Handshake(gateway.Host.HttpsPort!.Value)).Thumbprint == before; i++) await Task.Delay(100);
        Assert.NotEqual(before, (await Handshake(gateway.Host.HttpsPort!.Value)).Thumbprint);
    }

    private static async Task<(string Thumbprint, SslApplicationProtocol Protocol)> Handshake(int port, params SslApplicationProtocol[] offered)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [.. offered],
            EnabledSslProtocols = SslProtocols.None,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        });
        return (((X509Certificate2)tls.RemoteCertificate!).Thumbprint, tls.NegotiatedApplicationProtocol);
    }
}
