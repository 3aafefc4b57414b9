using System.Buffers.Binary;

namespace Protocols.Rtcp;

/// <summary>XR (RFC 3611), reduced to the receiver reference time block (§4.4) that lets us answer a DLRR.</summary>
/// <param name="NtpTime">The receiver's wall clock.</param>
public readonly record struct ExtendedReport(uint SenderSsrc, ulong NtpTime)
{
    internal const byte ReceiverReferenceTimeBlock = 4;
    internal const byte DelaySinceLastReceiverReportBlock = 5;

    /// <summary>False also for a report without a receiver reference time.</summary>
    public static bool TryParse(in RtcpPacket packet, out ExtendedReport report)
    {
        report = default;
        if (packet.Type != RtcpPacketType.ExtendedReport || packet.Body.Length < 4) return false;
        uint ssrc = RtcpPacket.ReadUInt32(packet.Body, 0);
        ReadOnlySpan<byte> blocks = packet.Body[4..];
        while (blocks.Length >= 4)
        {
            int length = 4 * (RtcpPacket.ReadUInt16(blocks, 2) + 1);
            if (length > blocks.Length) return false;
            if (blocks[0] == ReceiverReferenceTimeBlock && length == 12)
            {
                report = new ExtendedReport(ssrc, BinaryPrimitives.ReadUInt64BigEndian(blocks[4..]));
                return true;
            }

            blocks = blocks[length..];
        }

        return false;
    }
}
