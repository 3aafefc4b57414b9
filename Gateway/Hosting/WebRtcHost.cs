using System.Security.Cryptography;
using Egress.WebRtc;
using Gateway.Options;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Rooms;

namespace Gateway.Hosting;

/// <summary>Puts WebRTC together: certificate, handshake thread, candidates, viewers. Or says why it is off.</summary>
internal sealed partial class WebRtcHost : IDisposable
{
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly DtlsContext? _dtls;
    private readonly WorkThread? _handshakes;
    private readonly ILogger<WebRtcHost> _logger;

    public WebRtcHost(GatewayOptions options, MediaNetwork network, RoomRegistry rooms, MonotonicClock clock, ILogger<WebRtcHost> logger)
    {
        _logger = logger;
        if (network.Port is not { } port)
        {
            OffBecause = "WebRTC is off: WebRtc:Port is 0.";
            return;
        }

        var certificate = DtlsCertificate.Create(clock.UtcNow);
        if (!DtlsContext.TryCreate(certificate, out _dtls, out string? reason))
        {
            OffBecause = reason;
            return;
        }

        var worker = new DtlsWorker(LogFault);
        _handshakes = new WorkThread("dtls handshakes", worker.Run, worker.Stop);
        Candidates = new CandidateGatherer(InterfaceAddress.ReadAll(), options.WebRtc.AnnouncedAddresses, port);
        var transport = new WebRtcTransport(_dtls, worker, certificate.Fingerprint, Candidates, _random, network.TransportOf);
        Egress = new WebRtcEgress(rooms, transport, new WebRtcEgressOptions
        {
            FastStartShift = options.FastStart.Shift,
            PlayoutDelay = options.WebRtc.PlayoutDelay is { } delay ? (delay.Min, delay.Max) : null,
        });
    }

    /// <summary>Null = off.</summary>
    public WebRtcEgress? Egress { get; }

    public CandidateGatherer? Candidates { get; }

    /// <summary>Why it is off, in a sentence for the log and the pages; null = it is on.</summary>
    public string? OffBecause { get; }

    public void Start() => _handshakes?.Start();

    public void Dispose()
    {
        _handshakes?.Dispose();
        _dtls?.Dispose();
        _random.Dispose();
    }

    [LoggerMessage(EventId = 1202, Level = LogLevel.Error, Message = "A fault in a DTLS handshake")]
    private partial void LogFault(Exception fault);
}
