using System.Runtime.CompilerServices;

namespace Protocols.Srtp;

/// <summary>
/// The key of an HMAC-SHA1 as the two states that follow from it (RFC 2104 §4): with them a message costs its own blocks
/// and one.
/// </summary>
internal sealed unsafe class HmacSha1Key : IDisposable
{
    private readonly uint[] _states = new uint[HmacSha1Job.StatesLength];

    public HmacSha1Key(ReadOnlySpan<byte> key)
    {
        byte* block = stackalloc byte[Sha1.BlockLength];
        fixed (uint* states = _states)
        {
            Fill(states, key, block, 0x36);
            Fill(states + Sha1.StateLength, key, block, 0x5C);
        }

        new Span<byte>(block, Sha1.BlockLength).Clear();
    }

    /// <summary>Inner state, then outer.</summary>
    public ReadOnlySpan<uint> States => _states;

    public void Dispose() => Array.Clear(_states);

    private static void Fill(uint* state, ReadOnlySpan<byte> key, byte* block, byte pad)
    {
        Unsafe.InitBlockUnaligned(block, pad, Sha1.BlockLength);
        for (int i = 0; i < key.Length; i++) block[i] ^= key[i];
        Sha1.InitialState.CopyTo(new Span<uint>(state, Sha1.StateLength));
        Sha1.Compress(state, block, 1);
    }
}
