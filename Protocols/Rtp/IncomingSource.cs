namespace Protocols.Rtp;

/// <summary>A synchronisation source of a publisher, and the encoding that it sends or repairs.</summary>
internal sealed class IncomingSource(uint ssrc, IncomingEncoding encoding, bool isRtx)
{
    public uint Ssrc { get; } = ssrc;

    public IncomingEncoding Encoding { get; } = encoding;

    public bool IsRtx { get; } = isRtx;

    /// <summary>The offer tells it, so it is remembered before it sends.</summary>
    public bool IsAnnounced { get; init; }

    /// <summary>Whether its encoding has ever come from it.</summary>
    public bool WasUsed { get; set; }

    public long LastArrival { get; set; } = long.MinValue / 2;

    /// <summary>The source whose packets it repeats; null = not known yet.</summary>
    public uint? RepairedSsrc { get; set; }

    /// <summary>The numbers in retransmissions are those of one source: for its successor they mean other packets.</summary>
    public bool MayRepair()
    {
        if (Encoding.Source is not { } current) return false;
        RepairedSsrc ??= current.Ssrc;
        return RepairedSsrc == current.Ssrc;
    }
}
