using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Protocols.Srtp;

/// <summary>AES-GCM with 128 or 256 bit keys (RFC 7714) by <see cref="AesGcmKernel"/>.</summary>
internal sealed class KernelGcmCipher : SrtpCipher
{
    private readonly AesGcmKernel _gcm;
    private ulong _saltHigh; // bytes 0 to 7 of the vector
    private ulong _saltLow;  // bytes 8 to 11, then the counter

    public KernelGcmCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        _gcm = new AesGcmKernel(key);
        _saltHigh = BinaryPrimitives.ReadUInt64BigEndian(salt);
        _saltLow = (ulong)BinaryPrimitives.ReadUInt32BigEndian(salt[8..]) << 32;
    }

    public override int TagLength => AesGcmKernel.TagLength;

    public override void Seal(in SrtpNonce nonce, Span<byte> packet, int headerLength, ReadOnlySpan<byte> body, Span<byte> tag)
    {
        Span<byte> associated = stackalloc byte[RtcpAssociatedLength];
        ReadOnlySpan<byte> header = AssociatedData(nonce, packet[..headerLength], associated);
        _gcm.Seal(FirstBlock(nonce), header, body, packet[headerLength..], tag);
    }

    public override bool Open(
        in SrtpNonce nonce, ReadOnlySpan<byte> packet, int headerLength, ReadOnlySpan<byte> tag, Span<byte> destination)
    {
        Span<byte> associated = stackalloc byte[RtcpAssociatedLength];
        ReadOnlySpan<byte> header = AssociatedData(nonce, packet[..headerLength], associated);
        return _gcm.Open(FirstBlock(nonce), header, packet[headerLength..], tag, destination);
    }

    public override void Dispose()
    {
        _gcm.Dispose();
        _saltHigh = _saltLow = 0;
    }

    // RFC 7714 §8.1, §9.1: (00 00 | SSRC | 48-bit index) XOR salt, then a 32-bit count that begins with 1
    private Vector128<uint> FirstBlock(in SrtpNonce nonce)
    {
        ulong high = _saltHigh ^ ((ulong)nonce.Ssrc << 16) ^ (ulong)(nonce.Index >> 32);
        ulong low = _saltLow ^ ((ulong)nonce.Index << 32) ^ 1;
        return Vector128.Create(low, high).AsUInt32();
    }
}
