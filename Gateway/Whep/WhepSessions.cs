using System.Collections.Concurrent;
using Egress.WebRtc;
using Gateway.Hosting;
using Protocols.Sdp;
using Rooms;

namespace Gateway.Whep;

/// <summary>The sessions that are open, by secret. Thread safe.</summary>
internal sealed partial class WhepSessions
{
    private readonly ConcurrentDictionary<string, WhepSession> _bySecret = new();
    private readonly ConcurrentDictionary<string, WhepSession> _byViewer = new();
    private readonly WebRtcEgress? _egress;
    private readonly ILogger<WhepSessions> _logger;

    public WhepSessions(WebRtcHost webRtc, ILogger<WhepSessions> logger)
    {
        (_egress, _logger) = (webRtc.Egress, logger);
        if (_egress is not null) _egress.Closed += OnClosed;
    }

    public WhepSession? Find(string secret) => _bySecret.GetValueOrDefault(secret);

    public WhepSession Add(WebRtcSubscriber viewer, SessionDescription offer, SessionDescription answer)
    {
        var session = new WhepSession(viewer, offer, answer);
        _bySecret[session.Secret] = session;
        _byViewer[viewer.Id] = session;
        LogJoined(viewer.Publication, viewer.Id);
        // It may have ended before it was known here.
        if (_egress?.Find(viewer.Id) is null) Remove(viewer, CloseReason.Left);
        return session;
    }

    private void OnClosed(WebRtcSubscriber viewer, CloseReason reason, string? detail)
    {
        if (Remove(viewer, reason)) LogLeft(viewer.Publication, viewer.Id, reason, detail ?? "");
    }

    private bool Remove(WebRtcSubscriber viewer, CloseReason reason)
    {
        if (!_byViewer.TryRemove(viewer.Id, out WhepSession? session)) return false;
        _bySecret.TryRemove(session.Secret, out _);
        session.End(reason);
        return true;
    }

    [LoggerMessage(EventId = 1401, Level = LogLevel.Information, Message = "{Publication}: viewer {Viewer} joined")]
    private partial void LogJoined(Publication publication, string viewer);

    [LoggerMessage(EventId = 1402, Level = LogLevel.Information, Message = "{Publication}: viewer {Viewer} left, {Reason} {Detail}")]
    private partial void LogLeft(Publication publication, string viewer, CloseReason reason, string detail);
}
