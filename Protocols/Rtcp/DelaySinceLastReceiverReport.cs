namespace Protocols.Rtcp;

/// <summary>A sender's answer to our receiver reference time (RFC 3611 §4.5), from which a receiver knows the round trip.</summary>
/// <remarks>
/// <code>
/// |     BT=5      |   reserved    |         block length          |
/// |                 SSRC_1 (SSRC of first receiver)               |  repeated
/// |                         last RR (LRR)                         |
/// |                   delay since last RR (DLRR)                  |
/// </code>
/// </remarks>
/// <param name="LastReport">The middle 32 bits of the reference time.</param>
/// <param name="Delay">In units of 1/65536 s.</param>
public readonly record struct DelaySinceLastReceiverReport(uint LastReport, uint Delay)
{
    private const int ItemLength = 12;

    /// <summary>False also where it has no item for this receiver.</summary>
    public static bool TryParse(in RtcpPacket packet, uint receiverSsrc, out DelaySinceLastReceiverReport answer)
    {
        answer = default;
        if (packet.Type != RtcpPacketType.ExtendedReport || packet.Body.Length < 4) return false;
        ReadOnlySpan<byte> blocks = packet.Body[4..];
        while (blocks.Length >= 4)
        {
            int length = 4 * (RtcpPacket.ReadUInt16(blocks, 2) + 1);
            if (length > blocks.Length) return false;
            bool isAnswer = blocks[0] == ExtendedReport.DelaySinceLastReceiverReportBlock;
            for (int at = 4; isAnswer && at + ItemLength <= length; at += ItemLength)
            {
                if (RtcpPacket.ReadUInt32(blocks, at) != receiverSsrc) continue;
                answer = new DelaySinceLastReceiverReport(RtcpPacket.ReadUInt32(blocks, at + 4), RtcpPacket.ReadUInt32(blocks, at + 8));
                return true;
            }

            blocks = blocks[length..];
        }

        return false;
    }
}
