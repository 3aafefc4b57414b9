namespace Protocols.WebRtc;

/// <summary>What one session has sent, taken and refused. Read it on the session's loop.</summary>
public sealed class WebRtcCounters
{
    public long PacketsSent { get; internal set; }

    public long BytesSent { get; internal set; }

    /// <summary>Packets for which the endpoint had no room, or that could not be protected.</summary>
    public long PacketsNotSent { get; internal set; }

    public long PacketsReceived { get; internal set; }

    /// <summary>From a route that the peer has not proved to own.</summary>
    public long UnknownRoute { get; internal set; }

    /// <summary>Not STUN, DTLS, RTP or RTCP by its first byte, or cut off.</summary>
    public long Malformed { get; internal set; }

    /// <summary>STUN that was not answered with success.</summary>
    public long RefusedChecks { get; internal set; }

    /// <summary>SRTP or SRTCP with a wrong tag.</summary>
    public long NotAuthentic { get; internal set; }

    public long Replayed { get; internal set; }
}
