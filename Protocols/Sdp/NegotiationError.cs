namespace Protocols.Sdp;

/// <summary>Why an offer can't be answered.</summary>
public enum NegotiationError
{
    /// <summary>Nothing that we can send is anything that the peer can receive.</summary>
    NoCommonCodec,

    /// <summary>No section asks to receive audio or video.</summary>
    NothingToReceive,

    /// <summary>No section of a publisher's offer sends audio or video.</summary>
    NothingToSend,

    /// <summary>Several sections, and no group that puts them on one transport.</summary>
    NoBundle,

    /// <summary>RTCP on a port of its own.</summary>
    NoRtcpMux,

    /// <summary>No fingerprint with a hash that is still trusted.</summary>
    NoFingerprint,
    NoIceCredentials,

    /// <summary>The peer insists on being the DTLS server, which is our part.</summary>
    NotDtlsClient,

    /// <summary>A section has no mid, or two have the same.</summary>
    BadMid,

    /// <summary>Not RTP over UDP as plain senders have it.</summary>
    BadProtocol,

    /// <summary>Keys are missing or ask for something that is not done.</summary>
    BadCrypto,

    /// <summary>The place for RTCP can't be read.</summary>
    BadRtcp,
}

/// <summary>The error and a sentence about it for whoever wrote the client.</summary>
public sealed record NegotiationFailure(NegotiationError Error, string Detail);
