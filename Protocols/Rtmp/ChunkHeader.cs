using System.Buffers.Binary;

namespace Protocols.Rtmp;

/// <summary>The basic and message header of one chunk, without the extended timestamp. RTMP 1.0 §5.3.1.</summary>
internal readonly record struct ChunkHeader
{
    /// <summary>The timestamp field that says that four more bytes hold the real one. §5.3.1.3.</summary>
    internal const uint Extended = 0xFFFFFF;

    internal int Format { get; private init; }

    internal int ChunkStreamId { get; private init; }

    /// <summary>The absolute time in format 0, a delta in formats 1 and 2.</summary>
    internal uint TimestampField { get; private init; }

    internal int Length { get; private init; }

    internal RtmpMessageType Type { get; private init; }

    internal uint StreamId { get; private init; }

    // cs id 0: one more byte holds id - 64; cs id 1: two more bytes, the low one first.
    internal static int BasicLength(byte first) => (first & 0x3F) switch { 0 => 2, 1 => 3, _ => 1 };

    internal static int MessageHeaderLength(byte first) => (first >> 6) switch { 0 => 11, 1 => 7, 2 => 3, _ => 0 };

    //   0 1 2 .. 7 | 8..23       |   24      |   24          |  8      |   32 (little-endian)
    //  +---+-------+-------------+-----------+---------------+---------+---------------------+
    //  |fmt| cs id | cs id - 64  | timestamp | message length| type id | message stream id   |
    //  +---+-------+-------------+-----------+---------------+---------+---------------------+
    //   formats:                   0 1 2       0 1             0 1       0
    internal static ChunkHeader Parse(ReadOnlySpan<byte> bytes)
    {
        int basic = BasicLength(bytes[0]);
        int format = bytes[0] >> 6;
        ReadOnlySpan<byte> message = bytes[basic..];
        return new ChunkHeader
        {
            Format = format,
            ChunkStreamId = basic switch
            {
                1 => bytes[0] & 0x3F,
                2 => bytes[1] + 64,
                _ => bytes[1] + (bytes[2] << 8) + 64,
            },
            TimestampField = format <= 2 ? UInt24(message) : 0,
            Length = format <= 1 ? (int)UInt24(message[3..]) : 0,
            Type = format <= 1 ? (RtmpMessageType)message[6] : 0,
            StreamId = format == 0 ? BinaryPrimitives.ReadUInt32LittleEndian(message[7..]) : 0,
        };
    }

    private static uint UInt24(ReadOnlySpan<byte> bytes) => (uint)((bytes[0] << 16) | (bytes[1] << 8) | bytes[2]);
}
