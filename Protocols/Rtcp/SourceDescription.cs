namespace Protocols.Rtcp;

/// <summary>SDES (RFC 3550 §6.5), reduced to the one item everybody needs: the first chunk's CNAME.</summary>
/// <remarks>
/// <code>
/// |V=2|P|    SC   |  PT=SDES=202  |             length            |
/// |                          SSRC/CSRC_1                          |
/// |    CNAME=1    |     length    | user and domain name        ...
/// |  items end with a zero byte, padded to the next 32-bit word   |
/// </code>
/// </remarks>
public readonly ref struct SourceDescription
{
    public const byte CnameItem = 1;

    private SourceDescription(uint ssrc, ReadOnlySpan<byte> cname)
    {
        Ssrc = ssrc;
        Cname = cname;
    }

    public uint Ssrc { get; }

    /// <summary>UTF-8, empty if the chunk has none.</summary>
    public ReadOnlySpan<byte> Cname { get; }

    public static bool TryParse(in RtcpPacket packet, out SourceDescription description)
    {
        description = default;
        if (packet.Type != RtcpPacketType.SourceDescription || packet.Count == 0 || packet.Body.Length < 4) return false;
        ReadOnlySpan<byte> cname = default;
        ReadOnlySpan<byte> items = packet.Body[4..];
        while (items.Length > 0 && items[0] != 0)
        {
            if (items.Length < 2 || items.Length < 2 + items[1]) return false;
            if (items[0] == CnameItem) cname = items.Slice(2, items[1]);
            items = items[(2 + items[1])..];
        }

        description = new SourceDescription(RtcpPacket.ReadUInt32(packet.Body, 0), cname);
        return true;
    }
}
