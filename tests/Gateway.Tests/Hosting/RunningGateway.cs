using Gateway.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Rooms;
using TestKit;

namespace Gateway.Tests.Hosting;

/// <summary>A whole gateway in this process, on free ports, with its files in a folder of its own.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly GatewayHost _host;

    private RunningGateway(TemporaryFolder folder, GatewayHost host)
    {
        (_folder, _host) = (folder, host);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.HttpPort}") };
    }

    public HttpClient Client { get; }

    public GatewayHost Host => _host;

    public RoomRegistry Rooms => _host.Services.GetRequiredService<RoomRegistry>();

    public string CertificatesFolder => _folder.Path;

    public static async Task<RunningGateway> StartAsync(params string[] more)
    {
        var folder = new TemporaryFolder();
        GatewayHost host = GatewayHost.Create(
        [
            "--Http:Port=auto", "--Https:Port=auto", "--Rtmp:Port=auto", "--Rtmps:Port=auto", "--WebRtc:Port=auto", $"--WebRtc:Loops={TestLoops.UsualCount}",
            "--Shutdown:DrainSeconds=0", $"--Certificates:Directory={folder.Path}",
            $"--Recorder:Directory={Path.Combine(folder.Path, "recordings")}", .. more,
        ]);
        await host.StartAsync();
        return new RunningGateway(folder, host);
    }

    /// <summary>A client that looks like one from another machine.</summary>
    public static HttpRequestMessage FromElsewhere(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Forwarded-For", "192.0.2.9");
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
        _folder.Dispose();
    }
}
