using System.Buffers.Binary;

namespace Protocols.Stun;

/// <summary>
/// The CRC-32 of ITU V.42 that FINGERPRINT is made of (RFC 8489 §14.7), four bytes at a step. The class library has none.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int TableLength = 256;

    /// <summary>What a byte does to the sum, followed by none, one, two and three more bytes.</summary>
    private static readonly uint[] Tables = MakeTables();

    public static uint Compute(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<uint> tables = Tables.AsSpan(0, 4 * TableLength);
        uint crc = uint.MaxValue;
        for (; data.Length >= sizeof(uint); data = data[sizeof(uint)..])
        {
            crc ^= BinaryPrimitives.ReadUInt32LittleEndian(data);
            crc = tables[(3 * TableLength) + (byte)crc] ^ tables[(2 * TableLength) + (byte)(crc >> 8)]
                ^ tables[TableLength + (byte)(crc >> 16)] ^ tables[(int)(crc >> 24)];
        }

        foreach (byte b in data) crc = tables[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[4 * TableLength];
        for (uint i = 0; i < TableLength; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            tables[i] = value;
        }

        for (int i = TableLength; i < tables.Length; i++) tables[i] = tables[(byte)tables[i - TableLength]] ^ (tables[i - TableLength] >> 8);
        return tables;
    }
}
