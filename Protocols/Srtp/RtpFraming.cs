using System.Buffers.Binary;

namespace Protocols.Srtp;

/// <summary>The few fields of an RTP header that SRTP needs; the rest of the packet is none of its business.</summary>
/// <remarks>
/// RFC 3550 §5.1, with the extension of §5.3.1 counted as header (it is authenticated, not encrypted):
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |           synchronization source (SSRC) identifier            |
/// |       contributing sources (CC of them), extension (X)        |
/// </code>
/// </remarks>
internal static class RtpFraming
{
    public const int FixedHeaderLength = 12;

    public static bool TryGetHeaderLength(ReadOnlySpan<byte> packet, out int length)
    {
        length = 0;
        if (packet.Length < FixedHeaderLength || packet[0] >> 6 != 2) return false;
        length = FixedHeaderLength + (4 * (packet[0] & 0x0F));
        if ((packet[0] & 0x10) == 0) return length <= packet.Length;
        if (packet.Length < length + 4) return false;
        length += 4 + (4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]));
        return length <= packet.Length;
    }

    public static ushort SequenceNumber(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);

    public static uint Ssrc(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
}
