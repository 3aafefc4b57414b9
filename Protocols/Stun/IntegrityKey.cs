using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Protocols.Stun;

/// <summary>
/// A password that MESSAGE-INTEGRITY is checked with again and again (RFC 8489 §14.5): HMAC-SHA1 (RFC 2104) whose key is
/// hashed once. A message with a wrong one costs its sender nothing, so it must cost us little: the class library's call
/// takes 2 microseconds for a hundred bytes, and its cached objects hold native memory for each session.
/// </summary>
public readonly struct IntegrityKey
{
    private const int BlockLength = 64;
    private const int WordCount = BlockLength / sizeof(uint);
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5C;

    private readonly Sha1State _inner;
    private readonly Sha1State _outer;

    public IntegrityKey(ReadOnlySpan<byte> password)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        block.Clear();
#pragma warning disable CA5350 // the hash is fixed by ICE
        if (password.Length <= BlockLength) password.CopyTo(block);
        else SHA1.HashData(password, block);
#pragma warning restore CA5350
        _inner = StateAfter(block, InnerPad);
        _outer = StateAfter(block, OuterPad);
    }

    /// <summary>Whether <paramref name="mac"/> is that of the message, told in a time that says nothing about where it differs.</summary>
    /// <param name="message">Up to the attribute.</param>
    /// <param name="length">Stands in for the length in the header: as if the message ended behind the attribute.</param>
    internal bool IsValid(ReadOnlySpan<byte> message, int length, ReadOnlySpan<byte> mac)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        Sha1State state = _inner;
        int first = Math.Min(BlockLength, message.Length);
        message[..first].CopyTo(block);
        BinaryPrimitives.WriteUInt16BigEndian(block[2..], (ushort)length);
        ReadOnlySpan<byte> rest = message[first..];
        if (first == BlockLength)
        {
            state.Add(block);
            for (; rest.Length >= BlockLength; rest = rest[BlockLength..]) state.Add(rest);
            rest.CopyTo(block);
            first = rest.Length;
        }

        Finish(ref state, block, first, BlockLength + message.Length);
        state.Write(block);
        Sha1State outer = _outer;
        Finish(ref outer, block, Sha1State.HashLength, BlockLength + Sha1State.HashLength);
        Span<byte> expected = stackalloc byte[Sha1State.HashLength];
        outer.Write(expected);
        return CryptographicOperations.FixedTimeEquals(expected, mac);
    }

    private static Sha1State StateAfter(ReadOnlySpan<byte> key, byte pad)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        for (int i = 0; i < BlockLength; i++) block[i] = (byte)(key[i] ^ pad);
        Sha1State state = Sha1State.Initial;
        state.Add(block);
        return state;
    }

    // FIPS 180-4 §5.1.1: a one bit, zeros, the length in bits.
    private static void Finish(ref Sha1State state, Span<byte> block, int used, int total)
    {
        block[used..].Clear();
        block[used] = 0x80;
        if (used + 1 > BlockLength - sizeof(ulong))
        {
            state.Add(block);
            block.Clear();
        }

        BinaryPrimitives.WriteUInt64BigEndian(block[(BlockLength - sizeof(ulong))..], (ulong)total * 8);
        state.Add(block);
    }

    /// <summary>The chaining value of SHA-1 (FIPS 180-4 §6.1.2).</summary>
    private struct Sha1State
    {
        public const int HashLength = 20;
        private const int Rounds = 80;

        private uint _a, _b, _c, _d, _e;

        public static Sha1State Initial => new() { _a = 0x67452301, _b = 0xEFCDAB89, _c = 0x98BADCFE, _d = 0x10325476, _e = 0xC3D2E1F0 };

        public void Add(ReadOnlySpan<byte> block)
        {
            Span<uint> words = stackalloc uint[Rounds];
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(block[..BlockLength]), words);
            for (int t = WordCount; t < Rounds; t++)
                words[t] = BitOperations.RotateLeft(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
            (uint a, uint b, uint c, uint d, uint e) = (_a, _b, _c, _d, _e);
            foreach (uint word in words[..20])
                (a, b, c, d, e) = (Next(a, e, d ^ (b & (c ^ d)), 0x5A827999 + word), a, BitOperations.RotateLeft(b, 30), c, d);
            foreach (uint word in words[20..40])
                (a, b, c, d, e) = (Next(a, e, b ^ c ^ d, 0x6ED9EBA1 + word), a, BitOperations.RotateLeft(b, 30), c, d);
            foreach (uint word in words[40..60])
                (a, b, c, d, e) = (Next(a, e, (b & c) | (d & (b | c)), 0x8F1BBCDC + word), a, BitOperations.RotateLeft(b, 30), c, d);
            foreach (uint word in words[60..])
                (a, b, c, d, e) = (Next(a, e, b ^ c ^ d, 0xCA62C1D6 + word), a, BitOperations.RotateLeft(b, 30), c, d);
            _a += a;
            _b += b;
            _c += c;
            _d += d;
            _e += e;
        }

        private static uint Next(uint a, uint e, uint choice, uint sum) => BitOperations.RotateLeft(a, 5) + e + choice + sum;

        public readonly void Write(Span<byte> hash)
        {
            BinaryPrimitives.WriteUInt32BigEndian(hash, _a);
            BinaryPrimitives.WriteUInt32BigEndian(hash[4..], _b);
            BinaryPrimitives.WriteUInt32BigEndian(hash[8..], _c);
            BinaryPrimitives.WriteUInt32BigEndian(hash[12..], _d);
            BinaryPrimitives.WriteUInt32BigEndian(hash[16..], _e);
        }
    }
}
