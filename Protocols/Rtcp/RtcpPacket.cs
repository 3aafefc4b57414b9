using System.Buffers.Binary;

namespace Protocols.Rtcp;

/// <summary>One packet of a compound, its length already checked: header fields and what follows them.</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |V=2|P| RC/FMT  |      PT       |     length in words - 1       |
/// </code>
/// </remarks>
public readonly ref struct RtcpPacket
{
    public const int HeaderLength = 4;

    internal RtcpPacket(byte count, RtcpPacketType type, ReadOnlySpan<byte> body)
    {
        Count = count;
        Type = type;
        Body = body;
    }

    /// <summary>Reception report count, source count or feedback message type, by packet type.</summary>
    public byte Count { get; }

    public RtcpPacketType Type { get; }

    /// <summary>What follows the four header bytes, without padding.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>
    /// True for a datagram that RFC 5761 §4 makes RTCP rather than RTP: payload types 64 to 95 of a multiplexed flow.
    /// </summary>
    public static bool IsRtcp(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= 8 && datagram[0] >> 6 == 2 && (datagram[1] & 0x7F) is >= 64 and <= 95;

    internal static uint ReadUInt32(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    internal static ushort ReadUInt16(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
}
