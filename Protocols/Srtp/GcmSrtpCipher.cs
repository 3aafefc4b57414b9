using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Protocols.Srtp;

/// <summary>AES-GCM with 128 or 256 bit keys (RFC 7714).</summary>
internal sealed class GcmSrtpCipher : SrtpCipher
{
    private const int NonceLength = 12;
    private const int RtcpHeaderLength = 8;

    private readonly AesGcm _gcm;
    private readonly byte[] _salt;

    public GcmSrtpCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        _gcm = new AesGcm(key, TagLength);
        _salt = salt.ToArray();
    }

    public override int TagLength => 16;

    public override void Seal(
        in SrtpNonce nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, Span<byte> destination, Span<byte> tag)
    {
        Span<byte> iv = stackalloc byte[NonceLength];
        WriteIv(nonce, iv);
        Span<byte> associated = stackalloc byte[RtcpHeaderLength + 4];
        _gcm.Encrypt(iv, body, destination[..body.Length], tag, AssociatedData(nonce, header, associated));
    }

    public override bool Open(
        in SrtpNonce nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tag, Span<byte> destination)
    {
        Span<byte> iv = stackalloc byte[NonceLength];
        WriteIv(nonce, iv);
        Span<byte> associated = stackalloc byte[RtcpHeaderLength + 4];
        try
        {
            _gcm.Decrypt(iv, body, tag, destination[..body.Length], AssociatedData(nonce, header, associated));
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public override void Dispose() => _gcm.Dispose();

    // RFC 7714 §8.1, §9.1: (00 00 | SSRC | 48-bit index) XOR salt
    private void WriteIv(in SrtpNonce nonce, Span<byte> iv)
    {
        _salt.CopyTo(iv);
        Mix(nonce, iv[2..]);
    }

    private static ReadOnlySpan<byte> AssociatedData(in SrtpNonce nonce, ReadOnlySpan<byte> header, Span<byte> scratch)
    {
        if (!nonce.IsRtcp) return header;
        header.CopyTo(scratch);
        BinaryPrimitives.WriteUInt32BigEndian(scratch[RtcpHeaderLength..], nonce.Word);
        return scratch;
    }
}
