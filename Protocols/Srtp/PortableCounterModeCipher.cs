using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Protocols.Srtp;

/// <summary>AES-128 in counter mode with HMAC-SHA1 cut to 80 bits (RFC 3711 §4.1.1, §4.2.1), made of what .NET has.</summary>
internal sealed class PortableCounterModeCipher : SrtpCipher
{
    private readonly PortableCounterMode _aes;
    private readonly IncrementalHash _hmac;
    private readonly byte[] _salt = new byte[16];

    public PortableCounterModeCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> authenticationKey)
    {
        _aes = new PortableCounterMode(key);
        _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, authenticationKey);
        salt.CopyTo(_salt);
    }

    public override int TagLength => 10;

    public override void Seal(in SrtpNonce nonce, Span<byte> packet, int headerLength, ReadOnlySpan<byte> body, Span<byte> tag)
    {
        Transform(nonce, body, packet[headerLength..]);
        Span<byte> mac = stackalloc byte[20];
        Authenticate(nonce, packet, mac);
        mac[..TagLength].CopyTo(tag);
    }

    public override bool Open(
        in SrtpNonce nonce, ReadOnlySpan<byte> packet, int headerLength, ReadOnlySpan<byte> tag, Span<byte> destination)
    {
        Span<byte> mac = stackalloc byte[20];
        Authenticate(nonce, packet, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac[..TagLength], tag)) return false;
        Transform(nonce, packet[headerLength..], destination);
        return true;
    }

    public override void Dispose()
    {
        _aes.Dispose();
        _hmac.Dispose();
        CryptographicOperations.ZeroMemory(_salt);
    }

    // IV = salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16
    private void Transform(in SrtpNonce nonce, ReadOnlySpan<byte> body, Span<byte> destination)
    {
        Span<byte> block = stackalloc byte[16];
        _salt.CopyTo(block);
        Mix(nonce, block[4..14]);
        _aes.Transform(block, body, destination);
    }

    private void Authenticate(in SrtpNonce nonce, ReadOnlySpan<byte> packet, Span<byte> mac)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(word, nonce.Word);
        _hmac.AppendData(packet);
        _hmac.AppendData(word);
        _hmac.GetHashAndReset(mac);
    }
}
