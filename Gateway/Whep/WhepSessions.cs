using Egress.WebRtc;
using Gateway.Hosting;
using Gateway.Signalling;
using Protocols.Sdp;
using Rooms;

namespace Gateway.Whep;

/// <summary>The viewers that are there, by secret. Thread safe.</summary>
internal sealed partial class WhepSessions
{
    private readonly SessionList<WhepSession> _list = new();
    private readonly WebRtcEgress? _egress;
    private readonly ILogger<WhepSessions> _logger;

    public WhepSessions(WebRtcHost webRtc, ILogger<WhepSessions> logger)
    {
        (_egress, _logger) = (webRtc.Egress, logger);
        if (_egress is not null) _egress.Closed += OnClosed;
    }

    public WhepSession? Find(string secret) => _list.Find(secret);

    public WhepSession Add(WebRtcSubscriber viewer, SessionDescription offer, SessionDescription answer)
    {
        var session = new WhepSession(_egress!, viewer, offer, answer);
        _list.Add(session);
        LogJoined(viewer.Publication, viewer.Id);
        // It may have ended before it was known here.
        if (_egress!.Find(viewer.Id) is null) _list.Remove(viewer.Id, CloseReason.Left);
        return session;
    }

    private void OnClosed(WebRtcSubscriber viewer, CloseReason reason, string? detail)
    {
        if (_list.Remove(viewer.Id, reason)) LogLeft(viewer.Publication, viewer.Id, reason, detail ?? "");
    }

    [LoggerMessage(EventId = 1401, Level = LogLevel.Information, Message = "{Publication}: viewer {Viewer} joined")]
    private partial void LogJoined(Publication publication, string viewer);

    [LoggerMessage(EventId = 1402, Level = LogLevel.Information, Message = "{Publication}: viewer {Viewer} left, {Reason} {Detail}")]
    private partial void LogLeft(Publication publication, string viewer, CloseReason reason, string detail);
}
