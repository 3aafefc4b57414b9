namespace Protocols.Rtcp;

/// <summary>PLI (RFC 4585 §6.3.1): the receiver cannot decode and asks for a keyframe.</summary>
public readonly record struct PictureLossIndication(uint SenderSsrc, uint MediaSsrc)
{
    public const byte Format = 1;

    public static bool TryParse(in RtcpPacket packet, out PictureLossIndication indication)
    {
        indication = default;
        if (packet.Type != RtcpPacketType.PayloadFeedback || packet.Count != Format) return false;
        if (packet.Body.Length < 8) return false;
        indication = new PictureLossIndication(RtcpPacket.ReadUInt32(packet.Body, 0), RtcpPacket.ReadUInt32(packet.Body, 4));
        return true;
    }
}
