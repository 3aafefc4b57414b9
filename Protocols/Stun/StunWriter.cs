using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Protocols.Net;

namespace Protocols.Stun;

/// <summary>
/// Writes one STUN message into memory of the caller (RFC 8489 §5). MESSAGE-INTEGRITY goes after all other attributes
/// and FINGERPRINT last; the header's length is right at every moment.
/// </summary>
public ref struct StunWriter
{
    /// <summary>Holds each message that a lite agent answers with.</summary>
    public const int ResponseCapacity = 160;

    private readonly Span<byte> _buffer;
    private int _length;

    public StunWriter(Span<byte> buffer, StunClass messageClass, ReadOnlySpan<byte> transactionId, int method = StunMessage.BindingMethod)
    {
        _buffer = buffer;
        int type = (method & 0x000F) | ((method & 0x0070) << 1) | ((method & 0x0F80) << 2)
            | (((int)messageClass & 1) << 4) | (((int)messageClass & 2) << 7);
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)type);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunMessage.MagicCookie);
        transactionId[..StunMessage.TransactionIdLength].CopyTo(buffer[8..]);
        _length = StunMessage.HeaderLength;
        WriteLength(0);
    }

    public readonly int Length => _length;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Add(StunAttributeType type, ReadOnlySpan<byte> value) => value.CopyTo(Begin(type, value.Length));

    public void Add(StunAttributeType type, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(Begin(type, 4), value);

    public void Add(StunAttributeType type, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(Begin(type, 8), value);

    public void AddXorMappedAddress(TransportAddress address)
    {
        Span<byte> value = Begin(StunAttributeType.XorMappedAddress, address.IsIPv4 ? 8 : 20);
        value[0] = 0;
        value[1] = address.IsIPv4 ? (byte)1 : (byte)2;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(address.Port ^ (int)(StunMessage.MagicCookie >> 16)));
        Span<byte> plain = value[4..];
        if (address.IsIPv4) address.WriteIPv4(plain);
        else address.WriteIPv6(plain);
        // Cookie and transaction id lie behind one another in the header (RFC 8489 §14.2).
        for (int i = 0; i < plain.Length; i++) plain[i] ^= _buffer[4 + i];
    }

    public void AddErrorCode(StunErrorCode code, ReadOnlySpan<byte> reason)
    {
        Span<byte> value = Begin(StunAttributeType.ErrorCode, 4 + reason.Length);
        value[0] = value[1] = 0;
        value[2] = (byte)((int)code / 100);
        value[3] = (byte)((int)code % 100);
        reason.CopyTo(value[4..]);
    }

    public void AddUnknownAttributes(ReadOnlySpan<ushort> types)
    {
        Span<byte> value = Begin(StunAttributeType.UnknownAttributes, 2 * types.Length);
        for (int i = 0; i < types.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(value[(2 * i)..], types[i]);
    }

    /// <summary>Signs everything written so far.</summary>
    public void AddIntegrity(ReadOnlySpan<byte> key)
    {
        int before = _length;
        Span<byte> value = Begin(StunAttributeType.MessageIntegrity, StunMessage.IntegrityLength);
#pragma warning disable CA5350 // the hash is fixed by ICE
        HMACSHA1.HashData(key, _buffer[..before], value);
#pragma warning restore CA5350
    }

    public void AddFingerprint()
    {
        int before = _length;
        Span<byte> value = Begin(StunAttributeType.Fingerprint, 4);
        BinaryPrimitives.WriteUInt32BigEndian(value, Crc32.Compute(_buffer[..before]) ^ StunMessage.FingerprintXor);
    }

    /// <summary>The answer to a good connectivity check; returns its length.</summary>
    public static int WriteBindingSuccess(
        Span<byte> buffer, ReadOnlySpan<byte> transactionId, TransportAddress mapped, ReadOnlySpan<byte> key)
    {
        var writer = new StunWriter(buffer, StunClass.Success, transactionId);
        writer.AddXorMappedAddress(mapped);
        writer.AddIntegrity(key);
        writer.AddFingerprint();
        return writer.Length;
    }

    /// <summary>An error answer; signed only where <paramref name="key"/> is not empty. Returns its length.</summary>
    public static int WriteBindingError(
        Span<byte> buffer, ReadOnlySpan<byte> transactionId, StunErrorCode code, ReadOnlySpan<ushort> unknown, ReadOnlySpan<byte> key)
    {
        var writer = new StunWriter(buffer, StunClass.Error, transactionId);
        writer.AddErrorCode(code, ReasonOf(code));
        if (code == StunErrorCode.UnknownAttribute) writer.AddUnknownAttributes(unknown);
        if (!key.IsEmpty) writer.AddIntegrity(key);
        writer.AddFingerprint();
        return writer.Length;
    }

    /// <summary>A connectivity check of a full, controlling agent (RFC 8445 §7.1): what our own clients send.</summary>
    public static int WriteBindingRequest(
        Span<byte> buffer, ReadOnlySpan<byte> transactionId, string username, string password, uint priority, bool useCandidate)
    {
        ArgumentNullException.ThrowIfNull(username);
        ArgumentNullException.ThrowIfNull(password);
        var writer = new StunWriter(buffer, StunClass.Request, transactionId);
        writer.Add(StunAttributeType.Username, Encoding.UTF8.GetBytes(username));
        writer.Add(StunAttributeType.IceControlling, 1ul);
        writer.Add(StunAttributeType.Priority, priority);
        if (useCandidate) writer.Add(StunAttributeType.UseCandidate, []);
        writer.AddIntegrity(Encoding.UTF8.GetBytes(password));
        writer.AddFingerprint();
        return writer.Length;
    }

    private Span<byte> Begin(StunAttributeType type, int length)
    {
        int padded = (length + 3) & ~3;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[_length..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(_length + 2)..], (ushort)length);
        Span<byte> value = _buffer.Slice(_length + 4, padded);
        value[length..].Clear();
        _length += 4 + padded;
        WriteLength(_length - StunMessage.HeaderLength);
        return value[..length];
    }

    private readonly void WriteLength(int length) => BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)length);

    private static ReadOnlySpan<byte> ReasonOf(StunErrorCode code) => code switch
    {
        StunErrorCode.BadRequest => "Bad Request"u8,
        StunErrorCode.Unauthenticated => "Unauthenticated"u8,
        StunErrorCode.UnknownAttribute => "Unknown Attribute"u8,
        StunErrorCode.RoleConflict => "Role Conflict"u8,
        _ => "Server Error"u8,
    };
}
