using Protocols.Rtp;
using Rooms;

namespace Ingest.WebRtc;

/// <summary>Told by a <see cref="PublisherSession"/>, on its loop and from within its calls.</summary>
internal interface IPublisherSessionListener
{
    /// <summary>The session is over: its owner closes it, and decides about its publications.</summary>
    /// <param name="detail">What to log beside the reason.</param>
    void OnSessionClosed(CloseReason reason, string? detail);

    /// <summary>How loud a packet is that went into a publication (RFC 6464).</summary>
    void OnAudioLevel(Publication publication, AudioLevel level, long now);
}
