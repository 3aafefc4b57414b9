using System.Buffers.Binary;

namespace Protocols.Srtp;

/// <summary>
/// One profile's cryptography with one session key (RTP and RTCP of a direction have one each). A packet is header,
/// body, and an authenticated word that follows the body: the roll-over counter or the SRTCP index.
/// Owned by the session's loop; not thread safe.
/// </summary>
internal abstract class SrtpCipher : IDisposable
{
    public abstract int TagLength { get; }

    /// <summary>Encrypts body to destination (which may be the same memory) and writes the tag.</summary>
    public abstract void Seal(
        in SrtpNonce nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, Span<byte> destination, Span<byte> tag);

    /// <summary>Checks the tag, then decrypts; false leaves the destination undefined.</summary>
    public abstract bool Open(
        in SrtpNonce nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tag, Span<byte> destination);

    public abstract void Dispose();

    public static SrtpCipher Create(
        SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, bool rtcp)
    {
        Span<byte> key = stackalloc byte[profile.KeyLength];
        Span<byte> salt = stackalloc byte[profile.SaltLength];
        byte label = rtcp ? SrtpKeyDerivation.RtcpEncryption : SrtpKeyDerivation.RtpEncryption;
        SrtpKeyDerivation.Derive(masterKey, masterSalt, label, key);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, rtcp ? SrtpKeyDerivation.RtcpSalt : SrtpKeyDerivation.RtpSalt, salt);
        if (profile.IsAead) return new GcmSrtpCipher(key, salt);

        Span<byte> authenticationKey = stackalloc byte[20];
        label = rtcp ? SrtpKeyDerivation.RtcpAuthentication : SrtpKeyDerivation.RtpAuthentication;
        SrtpKeyDerivation.Derive(masterKey, masterSalt, label, authenticationKey);
        return new CounterModeSrtpCipher(key, salt, authenticationKey);
    }

    /// <summary>XORs source and 48-bit index onto the ten bytes that end both kinds of initialisation vector.</summary>
    protected static void Mix(in SrtpNonce nonce, Span<byte> lastTenBytes)
    {
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(lastTenBytes) ^ nonce.Ssrc;
        BinaryPrimitives.WriteUInt32BigEndian(lastTenBytes, ssrc);
        uint high = BinaryPrimitives.ReadUInt32BigEndian(lastTenBytes[4..]) ^ (uint)(nonce.Index >> 16);
        BinaryPrimitives.WriteUInt32BigEndian(lastTenBytes[4..], high);
        int low = BinaryPrimitives.ReadUInt16BigEndian(lastTenBytes[8..]) ^ (ushort)nonce.Index;
        BinaryPrimitives.WriteUInt16BigEndian(lastTenBytes[8..], (ushort)low);
    }
}

/// <summary>What makes a packet's keystream unique, and the word that is authenticated after its body.</summary>
/// <param name="Index">48-bit RTP index or 31-bit SRTCP index.</param>
/// <param name="Word">Roll-over counter or E flag and SRTCP index.</param>
/// <param name="IsRtcp">AEAD profiles authenticate the word of RTCP only; an RTP index is in the nonce.</param>
internal readonly record struct SrtpNonce(uint Ssrc, long Index, uint Word, bool IsRtcp);
