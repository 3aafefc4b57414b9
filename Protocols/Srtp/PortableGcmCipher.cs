using System.Security.Cryptography;

namespace Protocols.Srtp;

/// <summary>AES-GCM with 128 or 256 bit keys (RFC 7714) as .NET has it.</summary>
internal sealed class PortableGcmCipher : SrtpCipher
{
    private const int NonceLength = 12;

    private readonly AesGcm _gcm;
    private readonly byte[] _salt;

    public PortableGcmCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        _gcm = new AesGcm(key, TagLength);
        _salt = salt.ToArray();
    }

    public override int TagLength => 16;

    public override void Seal(in SrtpNonce nonce, Span<byte> packet, int headerLength, ReadOnlySpan<byte> body, Span<byte> tag)
    {
        Span<byte> iv = stackalloc byte[NonceLength];
        WriteIv(nonce, iv);
        Span<byte> associated = stackalloc byte[RtcpAssociatedLength];
        ReadOnlySpan<byte> header = AssociatedData(nonce, packet[..headerLength], associated);
        _gcm.Encrypt(iv, body, packet[headerLength..], tag, header);
    }

    public override bool Open(
        in SrtpNonce nonce, ReadOnlySpan<byte> packet, int headerLength, ReadOnlySpan<byte> tag, Span<byte> destination)
    {
        Span<byte> iv = stackalloc byte[NonceLength];
        WriteIv(nonce, iv);
        Span<byte> associated = stackalloc byte[RtcpAssociatedLength];
        ReadOnlySpan<byte> header = AssociatedData(nonce, packet[..headerLength], associated);
        ReadOnlySpan<byte> body = packet[headerLength..];
        try
        {
            _gcm.Decrypt(iv, body, tag, destination[..body.Length], header);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public override void Dispose()
    {
        _gcm.Dispose();
        CryptographicOperations.ZeroMemory(_salt);
    }

    // RFC 7714 §8.1, §9.1: (00 00 | SSRC | 48-bit index) XOR salt
    private void WriteIv(in SrtpNonce nonce, Span<byte> iv)
    {
        _salt.CopyTo(iv);
        Mix(nonce, iv[2..]);
    }
}
