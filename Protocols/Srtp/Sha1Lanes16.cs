using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Protocols.Srtp;

/// <summary>
/// Sixteen messages side by side. Made for AVX-512, which has rotations and any function of three words as one
/// instruction each; right, if slow, wherever AVX2 is, so that it can be tested there.
/// </summary>
internal readonly struct Sha1Lanes16 : ISha1Lanes<Vector512<uint>>
{
    public static Vector512<uint> All(uint value) => Vector512.Create(value);

    public static Vector512<uint> Add(Vector512<uint> a, Vector512<uint> b) => a + b;

    // The last argument of TernaryLogic is the truth table of the function.
    public static Vector512<uint> Parity(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) =>
        Avx512F.IsSupported ? Avx512F.TernaryLogic(x, y, z, 0x96) : x ^ y ^ z;

    public static Vector512<uint> Choose(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) =>
        Avx512F.IsSupported ? Avx512F.TernaryLogic(x, y, z, 0xCA) : z ^ (x & (y ^ z));

    public static Vector512<uint> Majority(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) =>
        Avx512F.IsSupported ? Avx512F.TernaryLogic(x, y, z, 0xE8) : (x & y) | (z & (x | y));

    public static Vector512<uint> Xor(Vector512<uint> x, Vector512<uint> y) => x ^ y;

    public static Vector512<uint> RotateLeft1(Vector512<uint> x) =>
        Avx512F.IsSupported ? Avx512F.RotateLeft(x, 1) : (x << 1) | (x >>> 31);

    public static Vector512<uint> RotateLeft5(Vector512<uint> x) =>
        Avx512F.IsSupported ? Avx512F.RotateLeft(x, 5) : (x << 5) | (x >>> 27);

    public static Vector512<uint> RotateLeft30(Vector512<uint> x) =>
        Avx512F.IsSupported ? Avx512F.RotateLeft(x, 30) : (x << 30) | (x >>> 2);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Load(byte** blocks, Vector512<uint>* words)
    {
        Vector256<uint>* first = stackalloc Vector256<uint>[8];
        Vector256<uint>* second = stackalloc Vector256<uint>[8];
        for (int half = 0; half < 2; half++)
        {
            Sha1Lanes8.LoadHalf(blocks, 32 * half, first);
            Sha1Lanes8.LoadHalf(blocks + 8, 32 * half, second);
            for (int i = 0; i < 8; i++) words[(8 * half) + i] = Vector512.Create(first[i], second[i]);
        }
    }
}
