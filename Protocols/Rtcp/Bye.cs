namespace Protocols.Rtcp;

/// <summary>BYE (RFC 3550 §6.6): the sources that leave.</summary>
public readonly ref struct Bye
{
    private readonly ReadOnlySpan<byte> _sources;

    private Bye(ReadOnlySpan<byte> sources) => _sources = sources;

    public int Count => _sources.Length / 4;

    public uint this[int index] => RtcpPacket.ReadUInt32(_sources, 4 * index);

    public static bool TryParse(in RtcpPacket packet, out Bye bye)
    {
        bye = default;
        if (packet.Type != RtcpPacketType.Bye || packet.Body.Length < 4 * packet.Count) return false;
        bye = new Bye(packet.Body[..(4 * packet.Count)]);
        return true;
    }
}
