using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Protocols.Srtp;

/// <summary>
/// One profile's cryptography with one session key (RTP and RTCP of a direction have one each). A packet is header,
/// body, and an authenticated word that follows the body: the roll-over counter or the SRTCP index.
/// Owned by the session's loop; not thread safe.
/// </summary>
internal abstract class SrtpCipher : IDisposable
{
    protected const int RtcpAssociatedLength = RtcpHeaderLength + 4;

    private const int RtcpHeaderLength = 8;
    private const int AuthenticationKeyLength = 20; // RFC 3711 §5.2

    public abstract int TagLength { get; }

    /// <summary>Encrypts the body into the packet, whose header is there already, and writes the tag.</summary>
    /// <param name="packet">Header and room for the body.</param>
    /// <param name="body">The plain body: the packet's own room or memory that does not overlap it.</param>
    public abstract void Seal(
        in SrtpNonce nonce, Span<byte> packet, int headerLength, ReadOnlySpan<byte> body, Span<byte> tag);

    /// <summary>The same in memory that stays where it is; the tag may be left to the batch.</summary>
    public virtual void Seal(
        in SrtpNonce nonce, Span<byte> packet, int headerLength, ReadOnlySpan<byte> body, Span<byte> tag, SrtpBatch batch) =>
        Seal(nonce, packet, headerLength, body, tag);

    /// <summary>Checks the tag and decrypts the body; false leaves the destination undefined.</summary>
    /// <param name="destination">For the body.</param>
    public abstract bool Open(
        in SrtpNonce nonce, ReadOnlySpan<byte> packet, int headerLength, ReadOnlySpan<byte> tag, Span<byte> destination);

    public abstract void Dispose();

    public static SrtpCipher Create(
        SrtpKernels kernels, SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, bool rtcp)
    {
        Span<byte> key = stackalloc byte[profile.KeyLength];
        Span<byte> salt = stackalloc byte[profile.SaltLength];
        Span<byte> authenticationKey = stackalloc byte[profile.IsAead ? 0 : AuthenticationKeyLength];
        try
        {
            using var derivation = new SrtpKeyDerivation(kernels, masterKey, masterSalt);
            derivation.Derive(rtcp ? SrtpKeyDerivation.RtcpEncryption : SrtpKeyDerivation.RtpEncryption, key);
            derivation.Derive(rtcp ? SrtpKeyDerivation.RtcpSalt : SrtpKeyDerivation.RtpSalt, salt);
            if (profile.IsAead) return kernels.CreateGcm(key, salt);
            byte label = rtcp ? SrtpKeyDerivation.RtcpAuthentication : SrtpKeyDerivation.RtpAuthentication;
            derivation.Derive(label, authenticationKey);
            return kernels.CreateCounterMode(key, salt, authenticationKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(authenticationKey);
        }
    }

    /// <summary>RFC 7714 §8.2 and §9.2: the header, and for RTCP the word that stands at the end.</summary>
    /// <param name="scratch"><see cref="RtcpAssociatedLength"/> bytes.</param>
    protected static ReadOnlySpan<byte> AssociatedData(in SrtpNonce nonce, ReadOnlySpan<byte> header, Span<byte> scratch)
    {
        if (!nonce.IsRtcp) return header;
        header.CopyTo(scratch);
        BinaryPrimitives.WriteUInt32BigEndian(scratch[RtcpHeaderLength..], nonce.Word);
        return scratch;
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
