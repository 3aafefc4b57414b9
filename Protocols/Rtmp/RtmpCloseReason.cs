namespace Protocols.Rtmp;

/// <summary>Why an RTMP session ended. The names appear in the log and as the label of a counter.</summary>
public enum RtmpCloseReason
{
    None,

    /// <summary>The peer closed the connection or said that it is done.</summary>
    PeerClosed,

    /// <summary>The first bytes were no RTMP handshake: TLS or HTTP on the wrong port, encrypted RTMP, noise.</summary>
    NotRtmp,
    MalformedChunk,
    MessageTooLarge,
    TooManyChunkStreams,

    /// <summary>The peer asked for what is not there: another app, a bad name, play.</summary>
    Refused,

    /// <summary>The peer may not publish here.</summary>
    Denied,

    /// <summary>Not a byte came for nine seconds, not even the answer to a ping.</summary>
    PeerSilent,

    /// <summary>Connected, but published nothing in time.</summary>
    NothingPublished,

    /// <summary>Another encoder took the name over.</summary>
    TakenOver,
    Kicked,
    ShuttingDown,

    /// <summary>Closed by the owner for no reason of the protocol.</summary>
    Closed,
}
