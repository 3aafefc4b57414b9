using System.Numerics;

namespace Protocols.Rtcp;

/// <summary>Generic NACK (RFC 4585 §6.2.1): sequence numbers a receiver lacks.</summary>
/// <remarks>
/// <code>
/// |V=2|P|  FMT=1  |    PT=205     |             length            |
/// |                  SSRC of packet sender                        |
/// |                  SSRC of media source                         |
/// |            PID                |             BLP               |  repeated
/// </code>
/// </remarks>
public readonly ref struct Nack
{
    public const byte Format = 1;

    private readonly ReadOnlySpan<byte> _items;

    private Nack(uint senderSsrc, uint mediaSsrc, ReadOnlySpan<byte> items)
    {
        SenderSsrc = senderSsrc;
        MediaSsrc = mediaSsrc;
        _items = items;
    }

    public uint SenderSsrc { get; }

    public uint MediaSsrc { get; }

    /// <summary>How many numbers <see cref="CopyTo"/> gives if there is room.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            for (int i = 0; i < _items.Length; i += 4)
                count += 1 + BitOperations.PopCount((uint)RtcpPacket.ReadUInt16(_items, i + 2));
            return count;
        }
    }

    public static bool TryParse(in RtcpPacket packet, out Nack nack)
    {
        nack = default;
        ReadOnlySpan<byte> body = packet.Body;
        if (packet.Type != RtcpPacketType.TransportFeedback || packet.Count != Format) return false;
        if (body.Length < 12 || body.Length % 4 != 0) return false;
        nack = new Nack(RtcpPacket.ReadUInt32(body, 0), RtcpPacket.ReadUInt32(body, 4), body[8..]);
        return true;
    }

    /// <summary>Writes the numbers in the order they were asked for, as many as fit; returns how many.</summary>
    public int CopyTo(Span<ushort> lost)
    {
        int count = 0;
        for (int i = 0; i < _items.Length; i += 4)
        {
            ushort first = RtcpPacket.ReadUInt16(_items, i);
            // The bit mask of the following 16 numbers, with the first number itself as the lowest bit.
            uint mask = ((uint)RtcpPacket.ReadUInt16(_items, i + 2) << 1) | 1;
            for (; mask != 0; mask &= mask - 1)
            {
                if (count == lost.Length) return count;
                lost[count++] = (ushort)(first + BitOperations.TrailingZeroCount(mask));
            }
        }

        return count;
    }
}
