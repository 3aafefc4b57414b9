using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Protocols.Srtp;

/// <summary>Eight messages side by side (AVX2).</summary>
internal readonly struct Sha1Lanes8 : ISha1Lanes<Vector256<uint>>
{
    public static Vector256<uint> All(uint value) => Vector256.Create(value);

    public static Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b) => a + b;

    public static Vector256<uint> Parity(Vector256<uint> x, Vector256<uint> y, Vector256<uint> z) => x ^ y ^ z;

    public static Vector256<uint> Choose(Vector256<uint> x, Vector256<uint> y, Vector256<uint> z) => z ^ (x & (y ^ z));

    public static Vector256<uint> Majority(Vector256<uint> x, Vector256<uint> y, Vector256<uint> z) => (x & y) | (z & (x | y));

    public static Vector256<uint> Xor(Vector256<uint> x, Vector256<uint> y) => x ^ y;

    public static Vector256<uint> RotateLeft1(Vector256<uint> x) => (x + x) | (x >>> 31);

    public static Vector256<uint> RotateLeft5(Vector256<uint> x) => (x << 5) | (x >>> 27);

    public static Vector256<uint> RotateLeft30(Vector256<uint> x) => (x << 30) | (x >>> 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Load(byte** blocks, Vector256<uint>* words)
    {
        LoadHalf(blocks, 0, words);
        LoadHalf(blocks, 32, words + 8);
    }

    /// <summary>Turns eight rows of eight words, one of each lane, into eight rows of eight lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void LoadHalf(byte** blocks, int offset, Vector256<uint>* words)
    {
        Transpose4(blocks, offset, out Vector256<uint> a0, out Vector256<uint> a1, out Vector256<uint> a2, out Vector256<uint> a3);
        Transpose4(blocks + 4, offset, out Vector256<uint> b0, out Vector256<uint> b1, out Vector256<uint> b2, out Vector256<uint> b3);
        words[0] = Avx2.Permute2x128(a0, b0, 0x20);
        words[1] = Avx2.Permute2x128(a1, b1, 0x20);
        words[2] = Avx2.Permute2x128(a2, b2, 0x20);
        words[3] = Avx2.Permute2x128(a3, b3, 0x20);
        words[4] = Avx2.Permute2x128(a0, b0, 0x31);
        words[5] = Avx2.Permute2x128(a1, b1, 0x31);
        words[6] = Avx2.Permute2x128(a2, b2, 0x31);
        words[7] = Avx2.Permute2x128(a3, b3, 0x31);
    }

    /// <summary>Four lanes: word n of all of them in the lower half of the n-th row, word n + 4 in the upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Transpose4(
        byte** blocks, int offset, out Vector256<uint> w0, out Vector256<uint> w1, out Vector256<uint> w2, out Vector256<uint> w3)
    {
        Vector256<uint> r0 = LoadBigEndian(blocks[0] + offset);
        Vector256<uint> r1 = LoadBigEndian(blocks[1] + offset);
        Vector256<uint> r2 = LoadBigEndian(blocks[2] + offset);
        Vector256<uint> r3 = LoadBigEndian(blocks[3] + offset);
        Vector256<ulong> low01 = Avx2.UnpackLow(r0, r1).AsUInt64();
        Vector256<ulong> high01 = Avx2.UnpackHigh(r0, r1).AsUInt64();
        Vector256<ulong> low23 = Avx2.UnpackLow(r2, r3).AsUInt64();
        Vector256<ulong> high23 = Avx2.UnpackHigh(r2, r3).AsUInt64();
        w0 = Avx2.UnpackLow(low01, low23).AsUInt32();
        w1 = Avx2.UnpackHigh(low01, low23).AsUInt32();
        w2 = Avx2.UnpackLow(high01, high23).AsUInt32();
        w3 = Avx2.UnpackHigh(high01, high23).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<uint> LoadBigEndian(byte* data)
    {
        Vector256<byte> order = Vector256.Create(
            (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        return Avx2.Shuffle(Vector256.Load(data), order).AsUInt32();
    }
}
