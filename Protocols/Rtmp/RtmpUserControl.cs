using System.Buffers.Binary;

namespace Protocols.Rtmp;

/// <summary>User Control messages that are received. RTMP 1.0 §6.2.</summary>
internal static class RtmpUserControl
{
    private const ushort PingRequest = 6;

    //  +----------------+------------------+
    //  | event type u16 | ping: time in ms |
    //  +----------------+------------------+
    internal static bool IsPing(ReadOnlySpan<byte> payload, out uint time)
    {
        time = 0;
        if (payload.Length < 6 || BinaryPrimitives.ReadUInt16BigEndian(payload) != PingRequest) return false;
        time = BinaryPrimitives.ReadUInt32BigEndian(payload[2..]);
        return true;
    }
}
