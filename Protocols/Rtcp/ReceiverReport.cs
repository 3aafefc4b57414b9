namespace Protocols.Rtcp;

/// <summary>RR (RFC 3550 §6.4.2): the sender's SSRC and its report blocks.</summary>
public readonly ref struct ReceiverReport
{
    private ReceiverReport(uint ssrc, ReportBlocks blocks)
    {
        Ssrc = ssrc;
        Blocks = blocks;
    }

    public uint Ssrc { get; }

    public ReportBlocks Blocks { get; }

    public static bool TryParse(in RtcpPacket packet, out ReceiverReport report)
    {
        report = default;
        int blocks = packet.Count * ReportBlock.Length;
        if (packet.Type != RtcpPacketType.ReceiverReport || packet.Body.Length < 4 + blocks) return false;
        report = new ReceiverReport(RtcpPacket.ReadUInt32(packet.Body, 0), new ReportBlocks(packet.Body.Slice(4, blocks)));
        return true;
    }
}
