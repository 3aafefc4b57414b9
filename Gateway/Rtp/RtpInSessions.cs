using System.Collections.Concurrent;
using Ingest.Rtp;
using Rooms;

namespace Gateway.Rtp;

/// <summary>The senders of plain RTP whose ports are open, by secret. Thread safe.</summary>
internal sealed partial class RtpInSessions
{
    private readonly ConcurrentDictionary<string, RtpInSession> _bySecret = new();
    private readonly RtpIngest _ingest;
    private readonly RtpInMetrics _metrics;
    private readonly ILogger<RtpInSessions> _logger;

    public RtpInSessions(RtpIngest ingest, RtpInMetrics metrics, ILogger<RtpInSessions> logger)
    {
        (_ingest, _metrics, _logger) = (ingest, metrics, logger);
        ingest.Closed += OnClosed;
    }

    public RtpInSession? Find(string room, string secret) =>
        _bySecret.GetValueOrDefault(secret) is { } session && session.Room == room ? session : null;

    public RtpInSession Add(RtpPublisher publisher, string room, string publication)
    {
        var session = new RtpInSession(publisher, room, publication);
        _bySecret[session.Secret] = session;
        LogOpened(room, publication, publisher.Id, session.Ports);
        // It may have ended before it was known here.
        if (_ingest.Find(publisher.Id) is null) _bySecret.TryRemove(session.Secret, out _);
        return session;
    }

    private void OnClosed(RtpPublisher publisher, CloseReason reason, string? detail)
    {
        _metrics.Count(publisher);
        if (_bySecret.Values.FirstOrDefault(session => session.Publisher == publisher) is not { } session) return;
        _bySecret.TryRemove(session.Secret, out _);
        LogClosed(session.Room, session.Publication, publisher.Id, reason, detail ?? "");
    }

    [LoggerMessage(EventId = 1701, Level = LogLevel.Information, Message = "{Room}/{Publication}: RTP publisher {Publisher} may send to {Ports}")]
    private partial void LogOpened(string room, string publication, string publisher, string ports);

    [LoggerMessage(EventId = 1702, Level = LogLevel.Information, Message = "{Room}/{Publication}: RTP publisher {Publisher} has gone, {Reason} {Detail}")]
    private partial void LogClosed(string room, string publication, string publisher, CloseReason reason, string detail);
}
