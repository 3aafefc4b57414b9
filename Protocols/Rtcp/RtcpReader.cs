using System.Buffers.Binary;

namespace Protocols.Rtcp;

/// <summary>
/// Walks the packets of a compound (RFC 3550 §6.1) or of a reduced-size packet (RFC 5506). Total: stops at the first
/// thing that is not RTCP and says so in <see cref="IsMalformed"/>.
/// </summary>
public ref struct RtcpReader(ReadOnlySpan<byte> compound)
{
    private ReadOnlySpan<byte> _rest = compound;

    public bool IsMalformed { get; private set; }

    public bool TryRead(out RtcpPacket packet)
    {
        packet = default;
        if (_rest.IsEmpty || IsMalformed) return false;
        if (!TrySplit(_rest, out int length, out int padding))
        {
            IsMalformed = true;
            return false;
        }

        ReadOnlySpan<byte> body = _rest[RtcpPacket.HeaderLength..(length - padding)];
        packet = new RtcpPacket((byte)(_rest[0] & 0x1F), (RtcpPacketType)_rest[1], body);
        _rest = _rest[length..];
        return true;
    }

    private static bool TrySplit(ReadOnlySpan<byte> rest, out int length, out int padding)
    {
        length = 0;
        padding = 0;
        if (rest.Length < RtcpPacket.HeaderLength || rest[0] >> 6 != 2) return false;
        length = 4 * (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) + 1);
        if (length > rest.Length) return false;
        if ((rest[0] & 0x20) == 0) return true;
        padding = rest[length - 1]; // counts itself
        return padding > 0 && padding <= length - RtcpPacket.HeaderLength;
    }
}
