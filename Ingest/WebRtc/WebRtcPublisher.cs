using Media.Scheduling;
using Protocols.Ice;
using Protocols.Rtp;
using Rooms;
using Rooms.Publishing;

namespace Ingest.WebRtc;

/// <summary>
/// An encoder or browser that publishes by WHIP: one session that feeds one publication. Ends with its session, with its
/// place, or when it is told to; viewers then wait for its return. Loop of its publication only.
/// </summary>
public sealed class WebRtcPublisher : IPublisherSessionListener
{
    private readonly Action<WebRtcPublisher, CloseReason, string?> _onClosed;
    private PublisherSession? _session;

    internal WebRtcPublisher(string id, Action<WebRtcPublisher, CloseReason, string?> onClosed)
    {
        Id = id;
        Place = new PublisherPlace((_, reason) => Close(reason, null));
        _onClosed = onClosed;
    }

    public string Id { get; }

    public Publication Publication => Place.Publication;

    public MediaLoop Loop => Publication.Loop;

    /// <summary>Our side's ICE credentials; their fragment names the state of the session that signalling talks about.</summary>
    public IceCredentials Credentials => _session!.Credentials;

    internal PublisherPlace Place { get; }

    void IPublisherSessionListener.OnSessionClosed(CloseReason reason, string? detail) => Close(reason, detail);

    void IPublisherSessionListener.OnAudioLevel(Publication publication, AudioLevel level, long now)
    {
        // Nobody speaks in turn here.
    }

    /// <summary>The place is there: the session waits for its peer.</summary>
    internal void Open(PublicationWriter writer, PublisherSetup setup)
    {
        _session = new PublisherSession(writer.Publication.Loop, setup, _ => writer, this);
        Place.Open(writer); // whoever was removed meanwhile is told now
    }

    /// <summary>New credentials for an ICE restart; media goes on meanwhile.</summary>
    internal void RestartIce(IceCredentials credentials) => _session!.RestartIce(credentials);

    internal void Close(CloseReason reason) => Close(reason, null);

    private void Close(CloseReason reason, string? detail)
    {
        if (_session!.IsClosed) return;
        _session.Close();
        Place.Writer.Close(reason);
        _onClosed(this, reason, detail);
    }
}
