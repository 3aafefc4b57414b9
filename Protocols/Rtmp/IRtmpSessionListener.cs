using Media.Buffers;
using Media.Flv;

namespace Protocols.Rtmp;

/// <summary>
/// What an <see cref="RtmpSession"/> reports to its owner, always from within a call to the session. Inside a callback
/// only <see cref="RtmpSession.AcceptPublish"/>, <see cref="RtmpSession.RejectPublish"/> and
/// <see cref="RtmpSession.Close"/> may be called on it.
/// </summary>
public interface IRtmpSessionListener
{
    /// <summary>To be answered, now or later, by accept or reject; the session takes no bytes until then.</summary>
    void OnPublish(RtmpPublishRequest request);

    /// <summary>
    /// The body of an audio or video tag: <paramref name="length"/> bytes of a borrowed buffer from
    /// <paramref name="offset"/>, which the listener may rewrite in place and keep by a reference.
    /// </summary>
    /// <param name="type">Audio or video.</param>
    /// <param name="timestamp">Milliseconds as sent, not extended.</param>
    void OnMedia(RtmpMessageType type, uint timestamp, PooledBuffer buffer, int offset, int length);

    /// <summary>onMetaData, which encoders may repeat at any time.</summary>
    void OnMetadata(AmfValue metadata);

    /// <summary>The encoder ended its publication and may begin another on the same connection.</summary>
    void OnUnpublish();

    /// <summary>The last call. What was written to the output should still be sent.</summary>
    void OnClosed(RtmpCloseReason reason);
}
