using System.Net.Security;
using Gateway.Certificates;
using Gateway.IceTcp;
using Gateway.Options;
using Gateway.Rtmp;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Gateway.Hosting;

/// <summary>The TCP listeners, on all addresses of both families, and which port each got.</summary>
internal sealed class Listeners(GatewayOptions options, IServiceProvider services)
{
    /// <summary>More than any JSON body of the API; an SDP is held to less where it is read.</summary>
    private const long LargestBody = 1024 * 1024;

    private const string WebRtcPort = "WebRtc:Port";

    private readonly List<Listener> _opened = [];

    public int? HttpPort => PortOf("Http:Port");

    public int? HttpsPort => PortOf("Https:Port");

    public int? RtmpPort => PortOf("Rtmp:Port");

    public int? RtmpsPort => PortOf("Rtmps:Port");

    /// <summary>Where WebRTC is taken over TCP, once it listens; the number of its UDP port, but where any free one was asked for.</summary>
    public int? IceTcpPort => PortOf(WebRtcPort);

    public bool UsesTls => !options.HttpsPort.IsOff || !options.RtmpsPort.IsOff;

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        Open(kestrel, "Http:Port", options.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);
        Open(kestrel, "Https:Port", options.HttpsPort, listen => UseTls(listen, [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]));
        Open(kestrel, "Rtmp:Port", options.RtmpPort, listen => listen.UseConnectionHandler<RtmpConnectionHandler>());
        Open(kestrel, "Rtmps:Port", options.RtmpsPort, listen =>
        {
            UseTls(listen, protocols: null);
            listen.UseConnectionHandler<RtmpConnectionHandler>();
        });
        if (options.WebRtc.Tcp && services.GetRequiredService<WebRtcHost>().OffBecause is null)
            Open(kestrel, WebRtcPort, options.WebRtc.Port, listen => listen.UseConnectionHandler<IceTcpConnectionHandler>());
    }

    /// <summary>The one line for a port that can't be had, or null where the fault is another.</summary>
    public string? Explain(Exception fault)
    {
        for (Exception? e = fault; e is not null; e = e.InnerException)
        {
            if (_opened.FirstOrDefault(listener => e.Message.Contains($":{listener.Wanted}:", StringComparison.Ordinal)) is { } taken)
                return $"{taken.Option}: port {taken.Wanted} is taken by another program; set another with --{taken.Option}=PORT (0 = off"
                    + (taken.Option == WebRtcPort ? "; or WebRtc by UDP only: --WebRtc:Tcp=false)" : ")");
        }

        return fault is System.ComponentModel.Win32Exception ? $"A port can't be opened: {fault.Message}" : null;
    }

    private void Open(KestrelServerOptions kestrel, string option, ListenPort port, Action<ListenOptions> configure)
    {
        if (port.IsOff) return;
        kestrel.ListenAnyIP(port.BindPort, listen =>
        {
            _opened.Add(new Listener(option, port, listen));
            configure(listen);
        });
    }

    private void UseTls(ListenOptions listen, List<SslApplicationProtocol>? protocols)
    {
        CertificateStore certificates = services.GetRequiredService<CertificateStore>();
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificates.ServerOptions(protocols)) });
    }

    private int? PortOf(string option) => _opened.FirstOrDefault(listener => listener.Option == option)?.Options.IPEndPoint?.Port;

    private sealed record Listener(string Option, ListenPort Wanted, ListenOptions Options);
}
