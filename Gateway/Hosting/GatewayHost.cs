using Gateway.Authorization;
using Gateway.Certificates;
using Gateway.Options;
using Rooms;

namespace Gateway.Hosting;

/// <summary>The whole gateway in one object: made from command-line arguments, started, stopped. Tests make their own.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Listeners _listeners;
    private readonly string? _newAdminKey;

    private GatewayHost(WebApplication app, GatewayOptions options, string? newAdminKey)
    {
        (_app, Options, _newAdminKey) = (app, options, newAdminKey);
        _listeners = app.Services.GetRequiredService<Listeners>();
    }

    public GatewayOptions Options { get; }

    /// <summary>The ports that were opened; null = off.</summary>
    public int? HttpPort => _listeners.HttpPort;

    public int? HttpsPort => _listeners.HttpsPort;

    public int? RtmpPort => _listeners.RtmpPort;

    public int? RtmpsPort => _listeners.RtmpsPort;

    /// <summary>The UDP port of WebRTC; null = off.</summary>
    public int? WebRtcPort => Services.GetRequiredService<MediaNetwork>().Port;

    /// <summary>Where WebRTC is taken over TCP; null = off.</summary>
    public int? IceTcpPort => _listeners.IceTcpPort;

    public IServiceProvider Services => _app.Services;

    /// <summary>Reads and checks the options and puts everything together; nothing listens yet.</summary>
    /// <exception cref="OptionException">An option stops the start; the message is the line to show.</exception>
    public static GatewayHost Create(string[] arguments)
    {
        IConfiguration configuration = Configuration.Read(arguments, AppContext.BaseDirectory, out string baseFolder);
        GatewayOptions options = OptionsReader.Read(configuration, baseFolder);
        string adminKey = AdminKey.ReadOrCreate(options, out bool isNew);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = baseFolder });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(configuration);
        builder.AddGateway(options, adminKey);
        WebApplication app = builder.Build();
        try
        {
            var host = new GatewayHost(app, options, isNew ? adminKey : null);
            // A certificate that can't be used is told now, in one line, and not at the first handshake.
            if (host._listeners.UsesTls) _ = app.Services.GetRequiredService<CertificateStore>();
            app.UseGateway(options);
            return host;
        }
        catch (OptionException)
        {
            ((IDisposable)app).Dispose();
            throw;
        }
    }

    /// <exception cref="OptionException">A port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (_listeners.Explain(e) is not null)
        {
            throw new OptionException(_listeners.Explain(e)!, e);
        }
    }

    /// <summary>Where to push to, what to open, and whatever else a person should know at start.</summary>
    public string Banner() => new StartBanner(
        Options, _listeners, _listeners.UsesTls ? Services.GetRequiredService<CertificateStore>() : null,
        Services.GetRequiredService<WebRtcHost>(), Services.GetRequiredService<MediaNetwork>(), Services.GetRequiredService<RoomsContext>().FFmpeg).Text(_newAdminKey);

    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <summary>Ends when the process was asked to stop and everything has stopped.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
