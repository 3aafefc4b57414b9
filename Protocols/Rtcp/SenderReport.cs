using System.Buffers.Binary;

namespace Protocols.Rtcp;

/// <summary>SR (RFC 3550 §6.4.1).</summary>
/// <remarks>
/// <code>
/// |V=2|P|    RC   |   PT=SR=200   |             length            |
/// |                         SSRC of sender                        |
/// |              NTP timestamp, most significant word             |
/// |             NTP timestamp, least significant word             |
/// |                         RTP timestamp                         |
/// |                     sender's packet count                     |
/// |                      sender's octet count                     |
/// |                   RC report blocks, extensions                |
/// </code>
/// </remarks>
public readonly ref struct SenderReport
{
    private const int InfoLength = 24;

    private SenderReport(SenderInfo info, ReportBlocks blocks)
    {
        Info = info;
        Blocks = blocks;
    }

    public SenderInfo Info { get; }

    public ReportBlocks Blocks { get; }

    public static bool TryParse(in RtcpPacket packet, out SenderReport report)
    {
        report = default;
        ReadOnlySpan<byte> body = packet.Body;
        int blocks = packet.Count * ReportBlock.Length;
        if (packet.Type != RtcpPacketType.SenderReport || body.Length < InfoLength + blocks) return false;
        var info = new SenderInfo(
            RtcpPacket.ReadUInt32(body, 0),
            BinaryPrimitives.ReadUInt64BigEndian(body[4..]),
            RtcpPacket.ReadUInt32(body, 12),
            RtcpPacket.ReadUInt32(body, 16),
            RtcpPacket.ReadUInt32(body, 20));
        report = new SenderReport(info, new ReportBlocks(body.Slice(InfoLength, blocks)));
        return true;
    }
}
