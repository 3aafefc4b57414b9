namespace Protocols.Rtp;

/// <summary>What came to the ports of one sender of plain RTP. Written by its loop; any thread may read a slightly old value.</summary>
public sealed class PlainRtpCounters
{
    /// <summary>Packets of the source that were taken.</summary>
    public long Packets { get; internal set; }

    /// <summary>Came from another address than the source's.</summary>
    public long Foreign { get; internal set; }

    /// <summary>Neither RTP nor RTCP, or broken.</summary>
    public long Malformed { get; internal set; }

    /// <summary>Nobody is known yet, and this was nothing that the sender announced.</summary>
    public long Implausible { get; internal set; }

    /// <summary>Protected with another key, or changed on the way.</summary>
    public long NotAuthentic { get; internal set; }

    /// <summary>Protected packets that came before.</summary>
    public long Replayed { get; internal set; }
}
