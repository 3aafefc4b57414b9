using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Protocols.Srtp.CipherInstructions;

namespace Protocols.Srtp;

/// <summary>
/// AES over counter blocks. A round takes a few clocks but can begin at every one, so eight blocks go side by side; with
/// that the unit is full, and more streams or wider registers gain nothing.
/// </summary>
internal static unsafe class AesBlocks
{
    public const int GroupLength = 8 * 16;

    /// <summary>One more block of the counter, which is a number here: its lowest 32 bits come first.</summary>
    private static Vector128<uint> One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create(1u, 0, 0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Encrypt(Vector128<byte>* keys, int rounds, Vector128<byte> block)
    {
        block ^= keys[0];
        for (int i = 1; i < rounds; i++) block = Round(block, keys[i]);
        return LastRound(block, keys[rounds]);
    }

    /// <summary>XORs the keystream of eight counter blocks onto 128 bytes, and moves the counter on by eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransformGroup(
        Vector128<byte>* keys, int rounds, ref Vector128<uint> counter, byte* source, byte* destination)
    {
        Vector128<byte> key = keys[0];
        Vector128<uint> c = counter;
        Vector128<byte> b0 = Reverse(c.AsByte()) ^ key;
        Vector128<byte> b1 = Reverse((c += One).AsByte()) ^ key;
        Vector128<byte> b2 = Reverse((c += One).AsByte()) ^ key;
        Vector128<byte> b3 = Reverse((c += One).AsByte()) ^ key;
        Vector128<byte> b4 = Reverse((c += One).AsByte()) ^ key;
        Vector128<byte> b5 = Reverse((c += One).AsByte()) ^ key;
        Vector128<byte> b6 = Reverse((c += One).AsByte()) ^ key;
        Vector128<byte> b7 = Reverse((c += One).AsByte()) ^ key;
        counter = c + One;
        for (int i = 1; i < rounds; i++)
        {
            key = keys[i];
            b0 = Round(b0, key);
            b1 = Round(b1, key);
            b2 = Round(b2, key);
            b3 = Round(b3, key);
            b4 = Round(b4, key);
            b5 = Round(b5, key);
            b6 = Round(b6, key);
            b7 = Round(b7, key);
        }

        key = keys[rounds];
        (LastRound(b0, key) ^ Vector128.Load(source)).Store(destination);
        (LastRound(b1, key) ^ Vector128.Load(source + 16)).Store(destination + 16);
        (LastRound(b2, key) ^ Vector128.Load(source + 32)).Store(destination + 32);
        (LastRound(b3, key) ^ Vector128.Load(source + 48)).Store(destination + 48);
        (LastRound(b4, key) ^ Vector128.Load(source + 64)).Store(destination + 64);
        (LastRound(b5, key) ^ Vector128.Load(source + 80)).Store(destination + 80);
        (LastRound(b6, key) ^ Vector128.Load(source + 96)).Store(destination + 96);
        (LastRound(b7, key) ^ Vector128.Load(source + 112)).Store(destination + 112);
    }

    /// <summary>XORs the keystream onto any number of bytes; the memory is the same or does not overlap.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transform(
        Vector128<byte>* keys, int rounds, Vector128<uint> counter, byte* source, byte* destination, int length)
    {
        for (; length >= GroupLength; length -= GroupLength, source += GroupLength, destination += GroupLength)
            TransformGroup(keys, rounds, ref counter, source, destination);
        if (length == 0) return;
        byte* rest = stackalloc byte[GroupLength];
        Unsafe.CopyBlockUnaligned(rest, source, (uint)length);
        TransformGroup(keys, rounds, ref counter, rest, rest);
        Unsafe.CopyBlockUnaligned(destination, rest, (uint)length);
    }
}
