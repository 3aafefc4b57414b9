using System.Buffers.Binary;
using Protocols.Net;

namespace Protocols.Stun;

/// <summary>
/// A view over the bytes of one STUN message (RFC 8489 §5). Whoever has one knows that header and attribute lengths are
/// sound; integrity and fingerprint are checked on demand.
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |0 0|     STUN Message Type     |         Message Length        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                 Magic Cookie  0x2112A442                      |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                     Transaction ID (96 bits)                  |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Attribute type, length, value padded to a multiple of four   |
/// </code>
/// </summary>
public readonly ref struct StunMessage
{
    public const int HeaderLength = 20;
    public const int TransactionIdLength = 12;
    public const uint MagicCookie = 0x2112A442;   // RFC 8489 §5
    public const uint FingerprintXor = 0x5354554E; // RFC 8489 §14.7
    public const int BindingMethod = 1;           // RFC 8489 §18.2
    public const int IntegrityLength = 20;        // HMAC-SHA1

    /// <summary>Longer ones do not fit a datagram that is not fragmented.</summary>
    public const int MaxLength = 1500;

    private const int AttributeHeaderLength = 4;

    private readonly ReadOnlySpan<byte> _data;
    private readonly int _integrity;
    private readonly int _fingerprint;

    private StunMessage(ReadOnlySpan<byte> data, int integrity, int fingerprint)
    {
        _data = data;
        _integrity = integrity;
        _fingerprint = fingerprint;
    }

    public StunClass Class => (StunClass)(((_data[0] & 1) << 1) | ((_data[1] >> 4) & 1));

    public int Method
    {
        get
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(_data);
            return (type & 0x000F) | ((type & 0x00E0) >> 1) | ((type & 0x3E00) >> 2);
        }
    }

    public ReadOnlySpan<byte> TransactionId => _data.Slice(8, TransactionIdLength);

    public bool HasIntegrity => _integrity >= 0;

    public bool HasFingerprint => _fingerprint >= 0;

    /// <summary>What the first bytes alone tell (RFC 7983): enough to choose a path, not to trust it.</summary>
    public static bool LooksLikeStun(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderLength && datagram[0] <= 3
        && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == MagicCookie;

    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (datagram.Length > MaxLength || !LooksLikeStun(datagram)) return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if ((length & 3) != 0 || length != datagram.Length - HeaderLength) return false;
        int integrity = -1, fingerprint = -1;
        for (int at = HeaderLength; at < datagram.Length;)
        {
            // The total is a multiple of four, so a whole attribute header is always left.
            int type = BinaryPrimitives.ReadUInt16BigEndian(datagram[at..]);
            int size = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 2)..]);
            int padded = (size + 3) & ~3;
            if (padded > datagram.Length - at - AttributeHeaderLength) return false;
            if (type == (int)StunAttributeType.MessageIntegrity && integrity < 0)
            {
                if (size != IntegrityLength) return false;
                integrity = at;
            }
            else if (type == (int)StunAttributeType.Fingerprint)
            {
                // It must be the last one (RFC 8489 §14.7).
                if (size != 4 || at + AttributeHeaderLength + 4 != datagram.Length) return false;
                fingerprint = at;
            }

            at += AttributeHeaderLength + padded;
        }

        message = new StunMessage(datagram, integrity, fingerprint);
        return true;
    }

    /// <summary>The first attribute of that type; what follows MESSAGE-INTEGRITY is not looked at (RFC 8489 §14.5).</summary>
    public bool TryGet(StunAttributeType type, out ReadOnlySpan<byte> value)
    {
        for (int at = HeaderLength; at < EndOfProtected; at += Advance(at))
        {
            if (TypeAt(at) != (int)type) continue;
            value = _data.Slice(at + AttributeHeaderLength, LengthAt(at));
            return true;
        }

        value = default;
        return false;
    }

    public bool Has(StunAttributeType type) => TryGet(type, out _);

    public bool TryGetXorMappedAddress(out TransportAddress address)
    {
        address = default;
        if (!TryGet(StunAttributeType.XorMappedAddress, out ReadOnlySpan<byte> value) || value.Length < 4) return false;
        int port = BinaryPrimitives.ReadUInt16BigEndian(value[2..]) ^ (int)(MagicCookie >> 16);
        int length = value[1] switch { 1 => 4, 2 => 16, _ => -1 };
        if (value.Length != 4 + length) return false;
        Span<byte> plain = stackalloc byte[16];
        for (int i = 0; i < length; i++) plain[i] = (byte)(value[4 + i] ^ _data[4 + i]);
        address = length == 4 ? TransportAddress.FromIPv4(plain, port) : TransportAddress.FromIPv6(plain, port);
        return true;
    }

    /// <summary>The code of an error response, or 0.</summary>
    public int ErrorCode =>
        TryGet(StunAttributeType.ErrorCode, out ReadOnlySpan<byte> value) && value.Length >= 4
            ? ((value[2] & 7) * 100) + value[3]
            : 0;

    /// <summary>Types that may not be ignored and that we do not know; returns how many were written.</summary>
    public int CopyUnknownRequired(Span<ushort> types)
    {
        int count = 0;
        for (int at = HeaderLength; at < EndOfProtected && count < types.Length; at += Advance(at))
        {
            int type = TypeAt(at);
            if (type < 0x8000 && !IsKnown(type)) types[count++] = (ushort)type;
        }

        return count;
    }

    /// <summary>Whether FINGERPRINT is there and right.</summary>
    public bool IsFingerprintValid() =>
        HasFingerprint
        && BinaryPrimitives.ReadUInt32BigEndian(_data[(_fingerprint + AttributeHeaderLength)..])
        == (Crc32.Compute(_data[.._fingerprint]) ^ FingerprintXor);

    /// <summary>Whether MESSAGE-INTEGRITY is there and was made with <paramref name="key"/> (the ICE password).</summary>
    public bool IsIntegrityValid(in IntegrityKey key)
    {
        if (!HasIntegrity) return false;
        // The length in the hashed header is as if the message ended behind this attribute (RFC 8489 §14.5).
        int length = _integrity + AttributeHeaderLength + IntegrityLength - HeaderLength;
        return key.IsValid(_data[.._integrity], length, _data.Slice(_integrity + AttributeHeaderLength, IntegrityLength));
    }

    /// <summary>The same with a key that is used once.</summary>
    public bool IsIntegrityValid(ReadOnlySpan<byte> key) => IsIntegrityValid(new IntegrityKey(key));

    private int EndOfProtected => _integrity >= 0 ? _integrity : _fingerprint >= 0 ? _fingerprint : _data.Length;

    private int TypeAt(int at) => BinaryPrimitives.ReadUInt16BigEndian(_data[at..]);

    private int LengthAt(int at) => BinaryPrimitives.ReadUInt16BigEndian(_data[(at + 2)..]);

    private int Advance(int at) => AttributeHeaderLength + ((LengthAt(at) + 3) & ~3);

    private static bool IsKnown(int type) => (StunAttributeType)type is
        StunAttributeType.MappedAddress or StunAttributeType.Username or StunAttributeType.MessageIntegrity
        or StunAttributeType.ErrorCode or StunAttributeType.UnknownAttributes or StunAttributeType.Realm
        or StunAttributeType.Nonce or StunAttributeType.MessageIntegritySha256 or StunAttributeType.PasswordAlgorithm
        or StunAttributeType.UserHash or StunAttributeType.XorMappedAddress or StunAttributeType.Priority
        or StunAttributeType.UseCandidate;
}
