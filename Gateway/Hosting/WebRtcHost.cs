using System.Security.Cryptography;
using Egress.WebRtc;
using Egress.WebRtc.Participants;
using Gateway.Options;
using Ingest.WebRtc;
using Ingest.WebRtc.Participants;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Srtp;
using Protocols.WebRtc;
using Rooms;

namespace Gateway.Hosting;

/// <summary>Puts WebRTC together: certificate, handshake thread, candidates, viewers. Or says why it is off.</summary>
internal sealed partial class WebRtcHost : IDisposable
{
    /// <summary>It takes some 300 ms on a machine that is not busy; a start must not hang on it.</summary>
    private static readonly TimeSpan s_rehearsalPatience = TimeSpan.FromSeconds(5);

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly DtlsContext? _dtls;
    private readonly WorkThread? _handshakes;
    private readonly WebRtcTransport? _transport;
    private readonly ILogger<WebRtcHost> _logger;

    public WebRtcHost(
        GatewayOptions options, MediaNetwork network, Listeners listeners, RoomRegistry rooms, MonotonicClock clock,
        ILogger<WebRtcHost> logger)
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
        Candidates = new CandidateGatherer(InterfaceAddress.ReadAll(), options.WebRtc.AnnouncedAddresses, port, () => listeners.IceTcpPort);
        _transport = new WebRtcTransport(_dtls, worker, certificate.Fingerprint, Candidates, _random, network.TransportOf);
        var viewing = new WebRtcEgressOptions
        {
            FastStartShift = options.FastStart.Shift,
            PlayoutDelay = options.WebRtc.PlayoutDelay is { } delay ? (delay.Min, delay.Max) : null,
        };
        Ingest = new WebRtcIngest(rooms, _transport);
        Egress = new WebRtcEgress(rooms, _transport, viewing);
        ParticipantIngest = new ParticipantIngest(rooms, _transport, options.Participants.MaxTracks);
        ParticipantEgress = new ParticipantEgress(rooms, _transport, viewing);
    }

    /// <summary>Null = off.</summary>
    public WebRtcEgress? Egress { get; }

    /// <summary>Null = off.</summary>
    public WebRtcIngest? Ingest { get; }

    /// <summary>What participants of rooms send; null = off.</summary>
    public ParticipantIngest? ParticipantIngest { get; }

    /// <summary>What they receive; null = off.</summary>
    public ParticipantEgress? ParticipantEgress { get; }

    public CandidateGatherer? Candidates { get; }

    /// <summary>Why it is off, in a sentence for the log and the pages; null = it is on.</summary>
    public string? OffBecause { get; }

    /// <summary>A viewer was played through, so that the first real one finds everything warm.</summary>
    public bool IsRehearsed { get; private set; }

    public void Start() => _handshakes?.Start();

    /// <summary>Plays a viewer through; the loop must run. Never fails: without it the first viewer waits a little longer.</summary>
    public async Task RehearseAsync(MediaLoop loop)
    {
        if (_transport is null) return;
        long start = loop.Now;
        string? failure;
        try
        {
            failure = await Rehearsal.RunAsync(_transport, loop, s_rehearsalPatience);
        }
#pragma warning disable CA1031 // whatever is wrong with it, real viewers may fare better
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e.Message;
        }

        IsRehearsed = failure is null;
        if (failure is null) LogRehearsed((loop.Now - start) / MonotonicClock.TicksPerMillisecond);
        else LogNotRehearsed(failure);
    }

    /// <summary>Chooses and warms up the ciphers, beside the rehearsal and off the loops.</summary>
    public async Task WarmUpAsync(TimeProvider time)
    {
        if (_transport is null) return;
        (string kernels, IReadOnlyList<string> failed) = await SrtpWarmUp.RunAsync(time);
        LogKernels(kernels);
        foreach (string kernel in failed) LogKernelFailed(kernel);
    }

    public void Dispose()
    {
        _handshakes?.Dispose();
        _dtls?.Dispose();
        _random.Dispose();
    }

    [LoggerMessage(EventId = 1202, Level = LogLevel.Error, Message = "A fault in a DTLS handshake")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Debug, Message = "A viewer was played through in {Milliseconds} ms")]
    private partial void LogRehearsed(long milliseconds);

    [LoggerMessage(EventId = 1205, Level = LogLevel.Debug, Message = "SRTP by {Kernels}")]
    private partial void LogKernels(string kernels);

    [LoggerMessage(EventId = 1206, Level = LogLevel.Warning, Message = "{Kernel} gave wrong answers on this processor; slower code takes its place")]
    private partial void LogKernelFailed(string kernel);

    [LoggerMessage(EventId = 1204, Level = LogLevel.Warning, Message = "No viewer could be played through at start: {Failure}")]
    private partial void LogNotRehearsed(string failure);
}
