using System.Buffers.Binary;

namespace Media.Flv;

/// <summary>The header of a tag in an FLV file (FLV specification E.4.1).</summary>
/// <remarks>
/// <code>
/// | 00 filter 1 type 5 | size 24 | timestamp 24 | its upper 8 bits | stream 24 | body | size of the tag before 32 |
/// </code>
/// </remarks>
internal readonly record struct FlvTagHeader(byte Type, int Size, uint Timestamp)
{
    public const int Length = 11;
    public const int TrailerLength = 4;
    public const byte Audio = 8;
    public const byte Video = 9;
    public const byte Script = 18;

    public static bool TryParse(ReadOnlySpan<byte> data, out FlvTagHeader header)
    {
        header = default;
        if (data.Length < Length) return false;
        uint time = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        header = new FlvTagHeader(
            (byte)(data[0] & 0x3f), (int)(BinaryPrimitives.ReadUInt32BigEndian(data) & 0xffffff), (time >> 8) | (time << 24));
        return true;
    }
}
