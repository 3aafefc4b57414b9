namespace Protocols.Net;

/// <summary>
/// Datagrams of one route that lie one behind another in the send ring, all of the same length but for the last, which
/// may be shorter: exactly what the kernel can cut up itself (UDP_SEGMENT).
/// </summary>
internal struct SendRun
{
    public Route Route;
    public int Offset;
    public int Length;
    public int SegmentLength;
    public int Count;

    public readonly int End => Offset + Length;

    /// <summary>Takes the first segments off.</summary>
    public void Skip(int segments)
    {
        int bytes = Math.Min(segments * SegmentLength, Length);
        Offset += bytes;
        Length -= bytes;
        Count -= segments;
    }
}
