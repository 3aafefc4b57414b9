using System.Buffers.Binary;

namespace Protocols.Dtls;

/// <summary>The header of a DTLS record, as far as a datagram must be understood to be cut at record boundaries.</summary>
/// <remarks>
/// RFC 6347 §4.1: content type (1), version (2), epoch (2), sequence number (6), length (2), fragment.
/// </remarks>
internal readonly ref struct DtlsRecord
{
    public const int HeaderLength = 13;
    public const byte ChangeCipherSpec = 20;
    public const byte Alert = 21;
    public const byte Handshake = 22;
    public const byte ApplicationData = 23;

    private DtlsRecord(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>Header and fragment.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public byte ContentType => Bytes[0];

    /// <summary>0 until the first ChangeCipherSpec.</summary>
    public int Epoch => BinaryPrimitives.ReadUInt16BigEndian(Bytes[3..]);

    public static void WriteSequenceNumber(Span<byte> record, long number)
    {
        BinaryPrimitives.WriteUInt16BigEndian(record[5..], (ushort)(number >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(record[7..], (uint)number);
    }

    /// <summary>Reads the first record of what is left of a datagram.</summary>
    public static bool TryParse(ReadOnlySpan<byte> rest, out DtlsRecord record)
    {
        record = default;
        if (rest.Length < HeaderLength || rest[0] is < ChangeCipherSpec or > ApplicationData || rest[1] != 0xFE) return false;
        int length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(rest[11..]);
        if (length > rest.Length) return false;
        record = new DtlsRecord(rest[..length]);
        return true;
    }
}
