using Gateway.Hosting;
using Gateway.Signalling;
using Ingest.WebRtc;
using Protocols.Sdp;
using Rooms;

namespace Gateway.Whip;

/// <summary>The publishers that are there, by secret. Thread safe.</summary>
internal sealed partial class WhipSessions
{
    private readonly SessionList<WhipSession> _list = new();
    private readonly WebRtcIngest? _ingest;
    private readonly ILogger<WhipSessions> _logger;

    public WhipSessions(WebRtcHost webRtc, ILogger<WhipSessions> logger)
    {
        (_ingest, _logger) = (webRtc.Ingest, logger);
        if (_ingest is not null) _ingest.Closed += OnClosed;
    }

    public WhipSession? Find(string secret) => _list.Find(secret);

    public WhipSession Add(WebRtcPublisher publisher, SessionDescription offer, SessionDescription answer)
    {
        var session = new WhipSession(_ingest!, publisher, offer, answer);
        _list.Add(session);
        LogPublishing(publisher.Publication, publisher.Id);
        // It may have ended before it was known here.
        if (_ingest!.Find(publisher.Id) is null) _list.Remove(publisher.Id, CloseReason.Left);
        return session;
    }

    private void OnClosed(WebRtcPublisher publisher, CloseReason reason, string? detail)
    {
        if (_list.Remove(publisher.Id, reason)) LogClosed(publisher.Publication, publisher.Id, reason, detail ?? "");
    }

    [LoggerMessage(EventId = 1501, Level = LogLevel.Information, Message = "{Publication}: WebRTC publisher {Publisher}")]
    private partial void LogPublishing(Publication publication, string publisher);

    [LoggerMessage(EventId = 1502, Level = LogLevel.Information, Message = "{Publication}: WebRTC publisher {Publisher} has gone, {Reason} {Detail}")]
    private partial void LogClosed(Publication publication, string publisher, CloseReason reason, string detail);
}
