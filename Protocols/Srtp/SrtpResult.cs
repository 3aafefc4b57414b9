namespace Protocols.Srtp;

/// <summary>What became of one packet.</summary>
public enum SrtpResult
{
    Ok,

    /// <summary>Too short, wrong version, or the destination cannot hold the result.</summary>
    Malformed,

    /// <summary>Seen before, or too old to tell; on the sending side: would use a nonce twice.</summary>
    Replayed,

    AuthenticationFailed,

    /// <summary>More synchronisation sources than one peer may use.</summary>
    TooManyStreams,

    /// <summary>2^48 RTP or 2^31 RTCP packets were protected with the key (RFC 3711 §9.2).</summary>
    KeyExhausted,
}
