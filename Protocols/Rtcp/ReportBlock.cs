using System.Buffers.Binary;

namespace Protocols.Rtcp;

/// <summary>What a receiver says of one source (RFC 3550 §6.4.1).</summary>
/// <remarks>
/// <code>
/// |                 SSRC of the source (first byte first)         |
/// | fraction lost |       cumulative number of packets lost       |
/// |           extended highest sequence number received           |
/// |                      interarrival jitter                      |
/// |                         last SR (LSR)                         |
/// |                   delay since last SR (DLSR)                  |
/// </code>
/// </remarks>
/// <param name="FractionLost">Of 256, since the last report.</param>
/// <param name="CumulativeLost">24 bits with sign: duplicates can make it negative.</param>
/// <param name="Jitter">In units of the RTP clock.</param>
/// <param name="LastSenderReport">The middle 32 bits of the last SR's NTP time, 0 before the first.</param>
/// <param name="DelaySinceLastSenderReport">In units of 1/65536 s.</param>
public readonly record struct ReportBlock(
    uint Ssrc,
    byte FractionLost,
    int CumulativeLost,
    uint HighestSequenceNumber,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport)
{
    public const int Length = 24;

    internal static ReportBlock Read(ReadOnlySpan<byte> bytes) => new(
        RtcpPacket.ReadUInt32(bytes, 0),
        bytes[4],
        (int)(RtcpPacket.ReadUInt32(bytes, 4) << 8) >> 8,
        RtcpPacket.ReadUInt32(bytes, 8),
        RtcpPacket.ReadUInt32(bytes, 12),
        RtcpPacket.ReadUInt32(bytes, 16),
        RtcpPacket.ReadUInt32(bytes, 20));

    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Ssrc);
        BinaryPrimitives.WriteInt32BigEndian(bytes[4..], Math.Clamp(CumulativeLost, -0x80_0000, 0x7F_FFFF));
        bytes[4] = FractionLost;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], HighestSequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[20..], DelaySinceLastSenderReport);
    }
}
