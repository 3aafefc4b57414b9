namespace Protocols.Rtcp;

/// <summary>FIR (RFC 5104 §4.3.1): a keyframe request per source, repeated with the same number until it is served.</summary>
/// <remarks>
/// <code>
/// |V=2|P|  FMT=4  |    PT=206     |             length            |
/// |                  SSRC of packet sender                        |
/// |              SSRC of media source (unused, 0)                 |
/// |                              SSRC                             |  repeated
/// | Seq nr.       |    Reserved                                   |
/// </code>
/// </remarks>
public readonly ref struct FullIntraRequest
{
    public const byte Format = 4;
    private const int ItemLength = 8;

    private readonly ReadOnlySpan<byte> _items;

    private FullIntraRequest(uint senderSsrc, ReadOnlySpan<byte> items)
    {
        SenderSsrc = senderSsrc;
        _items = items;
    }

    public uint SenderSsrc { get; }

    public int Count => _items.Length / ItemLength;

    /// <summary>The media source and request number of one item.</summary>
    public (uint MediaSsrc, byte SequenceNumber) this[int index] =>
        (RtcpPacket.ReadUInt32(_items, ItemLength * index), _items[(ItemLength * index) + 4]);

    public static bool TryParse(in RtcpPacket packet, out FullIntraRequest request)
    {
        request = default;
        ReadOnlySpan<byte> body = packet.Body;
        if (packet.Type != RtcpPacketType.PayloadFeedback || packet.Count != Format) return false;
        if (body.Length < 8 + ItemLength || body.Length % ItemLength != 0) return false;
        request = new FullIntraRequest(RtcpPacket.ReadUInt32(body, 0), body[8..]);
        return true;
    }
}
