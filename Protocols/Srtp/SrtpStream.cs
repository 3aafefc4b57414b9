namespace Protocols.Srtp;

/// <summary>The state of one synchronisation source in one direction: packet indices and what was seen of them.</summary>
internal sealed class SrtpStream
{
    private const int RtcpWindow = 128; // reports are few

    public ReplayWindow Rtp { get; } = new();

    public ReplayWindow Rtcp { get; } = new(RtcpWindow);

    /// <summary>
    /// The 48-bit index of a sequence number: the one nearest to the highest seen (RFC 3711 §3.3.1). Before the first
    /// packet the roll-over counter is zero, which is why senders must start in the lower half.
    /// </summary>
    public long IndexOf(ushort sequenceNumber)
    {
        long highest = Rtp.Highest;
        if (highest < 0) return sequenceNumber;
        long index = highest + (short)(sequenceNumber - (ushort)highest);
        return index < 0 ? sequenceNumber : index;
    }
}
