using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Protocols.Srtp.CipherInstructions;

namespace Protocols.Srtp;

/// <summary>
/// GHASH (SP 800-38D §6.4) by carry-less multiplication. Its field counts bits from the other end than the instruction
/// does; with all blocks turned around and the hash key doubled beforehand, the products come out right (Gueron and
/// Kounavis, "Intel Carry-Less Multiplication Instruction and its Usage for Computing the GCM Mode", 2010). Several blocks
/// are multiplied by descending powers of the key, and their sum is reduced once.
/// </summary>
internal static unsafe class GHash
{
    /// <summary>Eight blocks of data and the one of lengths.</summary>
    public const int MaxBlocks = 9;

    /// <summary>x^128 + x^127 + x^126 + x^121 + 1, the field's polynomial as it is seen from the other end.</summary>
    private static Vector128<ulong> Polynomial
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create(1UL, 0xC200_0000_0000_0000);
    }

    /// <summary>The powers of the hash key in descending order, so that the first power comes last.</summary>
    /// <param name="hashKey">The cipher of a block of zeros.</param>
    public static void FillPowers(Vector128<byte> hashKey, Span<Vector128<ulong>> powers)
    {
        Vector128<ulong> h = Reverse(hashKey).AsUInt64();
        ulong low = h.GetElement(0);
        ulong high = h.GetElement(1);
        ulong carry = 0UL - (high >> 63); // all ones if doubling leaves the field
        var key = Vector128.Create((low << 1) ^ (carry & 1), ((high << 1) | (low >> 63)) ^ (carry & 0xC200_0000_0000_0000));
        powers[^1] = key;
        for (int i = powers.Length - 2; i >= 0; i--) powers[i] = Multiply(powers[i + 1], key);
    }

    /// <summary>Takes in <paramref name="blocks"/> whole blocks, at most <see cref="MaxBlocks"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Add(Vector128<ulong> hash, Vector128<ulong>* powers, byte* data, int blocks)
    {
        powers += MaxBlocks - blocks;
        Vector128<ulong> block = Reverse(Vector128.Load(data)).AsUInt64() ^ hash;
        Vector128<ulong> low = MultiplyLow(block, powers[0]);
        Vector128<ulong> middle = MultiplyHighLow(block, powers[0]) ^ MultiplyHighLow(powers[0], block);
        Vector128<ulong> high = MultiplyHigh(block, powers[0]);
        for (int i = 1; i < blocks; i++)
        {
            block = Reverse(Vector128.Load(data + (16 * i))).AsUInt64();
            Vector128<ulong> power = powers[i];
            low ^= MultiplyLow(block, power);
            middle ^= MultiplyHighLow(block, power) ^ MultiplyHighLow(power, block);
            high ^= MultiplyHigh(block, power);
        }

        return Reduce(low, middle, high);
    }

    /// <summary>Takes in any number of bytes; the last block is filled up with zeros.</summary>
    public static Vector128<ulong> AddPadded(Vector128<ulong> hash, Vector128<ulong>* powers, byte* data, int length)
    {
        for (; length >= 8 * 16; length -= 8 * 16, data += 8 * 16) hash = Add(hash, powers, data, 8);
        int blocks = length / 16;
        if (blocks > 0) hash = Add(hash, powers, data, blocks);
        length %= 16;
        if (length == 0) return hash;
        Vector128<byte> last = default;
        Unsafe.CopyBlockUnaligned(&last, data + (16 * blocks), (uint)length);
        return Add(hash, powers, (byte*)&last, 1);
    }

    private static Vector128<ulong> Multiply(Vector128<ulong> a, Vector128<ulong> b) =>
        Reduce(MultiplyLow(a, b), MultiplyHighLow(a, b) ^ MultiplyHighLow(b, a), MultiplyHigh(a, b));

    /// <summary>256 bits to 128: the two lower words are folded up, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Reduce(Vector128<ulong> low, Vector128<ulong> middle, Vector128<ulong> high)
    {
        middle ^= Swap(low) ^ MultiplyHighLow(Polynomial, low);
        return high ^ Swap(middle) ^ MultiplyHighLow(Polynomial, middle);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Swap(Vector128<ulong> words) => Vector128.Shuffle(words, Vector128.Create(1UL, 0));
}
