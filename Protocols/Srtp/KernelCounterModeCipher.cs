using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Protocols.Srtp;

/// <summary>AES-128 in counter mode with HMAC-SHA1 cut to 80 bits (RFC 3711 §4.1.1, §4.2.1), by kernels of our own.</summary>
internal sealed unsafe class KernelCounterModeCipher : SrtpCipher
{
    private readonly KernelCounterMode _aes;
    private readonly HmacSha1Key _authenticationKey;
    private readonly HmacSha1 _hmac;
    private ulong _saltHigh; // bytes 0 to 7 of the initial block
    private ulong _saltLow;  // bytes 8 to 13, then the counter

    public KernelCounterModeCipher(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> authenticationKey, HmacSha1 hmac)
    {
        _aes = new KernelCounterMode(key);
        _authenticationKey = new HmacSha1Key(authenticationKey);
        _hmac = hmac;
        _saltHigh = BinaryPrimitives.ReadUInt64BigEndian(salt);
        _saltLow = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(salt[8..]) << 32)
            | ((ulong)BinaryPrimitives.ReadUInt16BigEndian(salt[12..]) << 16);
    }

    public override int TagLength => HmacSha1Job.TagLength;

    public override void Seal(in SrtpNonce nonce, Span<byte> packet, int headerLength, ReadOnlySpan<byte> body, Span<byte> tag)
    {
        Transform(nonce, body, packet[headerLength..]);
        Authenticate(nonce, packet, tag);
    }

    public override void Seal(
        in SrtpNonce nonce, Span<byte> packet, int headerLength, ReadOnlySpan<byte> body, Span<byte> tag, SrtpBatch batch)
    {
        Transform(nonce, body, packet[headerLength..]);
        // Pinned, as the batch demands: these pointers stay good until it is completed.
        byte* data = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(packet));
        byte* end = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tag[..TagLength]));
        batch.Add(_authenticationKey, data, packet.Length, nonce.Word, end);
    }

    public override bool Open(
        in SrtpNonce nonce, ReadOnlySpan<byte> packet, int headerLength, ReadOnlySpan<byte> tag, Span<byte> destination)
    {
        Span<byte> expected = stackalloc byte[HmacSha1Job.TagLength];
        Authenticate(nonce, packet, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, tag)) return false;
        Transform(nonce, packet[headerLength..], destination);
        return true;
    }

    public override void Dispose()
    {
        _aes.Dispose();
        _authenticationKey.Dispose();
        _saltHigh = _saltLow = 0;
    }

    // IV = salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16
    private void Transform(in SrtpNonce nonce, ReadOnlySpan<byte> body, Span<byte> destination)
    {
        var counter = Vector128.Create(_saltLow ^ ((ulong)nonce.Index << 16), _saltHigh ^ nonce.Ssrc);
        _aes.Transform(counter.AsUInt32(), body, destination);
    }

    [SkipLocalsInit]
    private void Authenticate(in SrtpNonce nonce, ReadOnlySpan<byte> packet, Span<byte> tag)
    {
        HmacSha1Job job;
        HmacSha1Job* jobs = &job;
        fixed (byte* data = packet, end = tag[..TagLength])
        {
            job.Set(_authenticationKey.States, data, packet.Length, nonce.Word, end);
            _hmac.Complete(&jobs, 1);
        }

        job = default; // there is a key in it
    }
}
