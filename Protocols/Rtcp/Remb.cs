namespace Protocols.Rtcp;

/// <summary>REMB (draft-alvestrand-rmcat-remb-03 §2.2): the bitrate a receiver thinks it can take.</summary>
/// <remarks>
/// <code>
/// |V=2|P| FMT=15  |   PT=206      |             length            |
/// |                  SSRC of packet sender                        |
/// |                  SSRC of media source (0)                     |
/// |  Unique identifier 'R' 'E' 'M' 'B'                            |
/// |  Num SSRC     | BR Exp    |  BR Mantissa                      |
/// |   SSRC feedback, Num SSRC times                               |
/// </code>
/// </remarks>
public readonly record struct Remb(uint SenderSsrc, long BitsPerSecond)
{
    public const byte Format = 15;
    internal const uint Identifier = 0x52454D42; // "REMB"

    public static bool TryParse(in RtcpPacket packet, out Remb remb)
    {
        remb = default;
        ReadOnlySpan<byte> body = packet.Body;
        if (packet.Type != RtcpPacketType.PayloadFeedback || packet.Count != Format) return false;
        if (body.Length < 16 || RtcpPacket.ReadUInt32(body, 8) != Identifier) return false;
        uint word = RtcpPacket.ReadUInt32(body, 12);
        int exponent = (int)(word >> 18) & 0x3F;
        long mantissa = word & 0x3FFFF;
        // 18 bits shifted by up to 63: what does not fit is as good as no limit.
        long rate = mantissa == 0 ? 0 : exponent > 44 ? long.MaxValue : mantissa << exponent;
        remb = new Remb(RtcpPacket.ReadUInt32(body, 0), rate);
        return true;
    }
}
