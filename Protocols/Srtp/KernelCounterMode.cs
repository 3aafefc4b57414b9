using System.Runtime.Intrinsics;

namespace Protocols.Srtp;

/// <summary>AES in counter mode with the CPU's own instructions.</summary>
internal sealed unsafe class KernelCounterMode(ReadOnlySpan<byte> key) : IDisposable
{
    private readonly AesKey _key = new(key);

    /// <summary>XORs the keystream onto the source; source and destination may be the same memory.</summary>
    /// <param name="counter">The initial block (RFC 3711 §4.1.1) as a number. Its last 16 bits count, and begin with zero.</param>
    public void Transform(Vector128<uint> counter, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        fixed (Vector128<byte>* keys = _key.Schedule)
        fixed (byte* from = source, to = destination)
            AesBlocks.Transform(keys, _key.Rounds, counter, from, to, source.Length);
    }

    public void Dispose() => _key.Dispose();
}
