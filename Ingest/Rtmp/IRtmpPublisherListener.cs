using Media;
using Rooms;

namespace Ingest.Rtmp;

/// <summary>What an <see cref="RtmpPublisher"/> reports to the connection that feeds it.</summary>
public interface IRtmpPublisherListener
{
    /// <summary>The publication is no longer this encoder's: the connection is to be closed. Any thread.</summary>
    void OnRemoved(CloseReason reason);

    /// <summary>A medium came in a codec that is not carried; told once for each. Within a call to the publisher.</summary>
    void OnUnsupportedCodec(MediaKind kind, string codec);
}
