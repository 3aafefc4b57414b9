using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Protocols.Srtp;

/// <summary>The round keys of AES-128 or AES-256 (FIPS 197 §5.2). An array like others: many small pinned ones are dear to collect.</summary>
internal sealed class AesKey : IDisposable
{
    public AesKey(ReadOnlySpan<byte> key)
    {
        int keyWords = key.Length / 4;
        Rounds = keyWords + 6;
        Schedule = new Vector128<byte>[Rounds + 1];
        Span<uint> words = MemoryMarshal.Cast<Vector128<byte>, uint>(Schedule.AsSpan());
        MemoryMarshal.Cast<byte, uint>(key).CopyTo(words);
        uint roundConstant = 1;
        for (int i = keyWords; i < words.Length; i++)
        {
            uint word = words[i - 1];
            if (i % keyWords == 0)
            {
                // Words lie here as they lie in memory, first byte lowest: RotWord is a rotation to the right.
                word = SubstituteWord(BitOperations.RotateRight(word, 8)) ^ roundConstant;
                roundConstant = (roundConstant << 1) ^ ((roundConstant >> 7) * 0x11B);
            }
            else if (keyWords > 6 && i % keyWords == 4)
            {
                word = SubstituteWord(word);
            }

            words[i] = words[i - keyWords] ^ word;
        }
    }

    public int Rounds { get; }

    public Vector128<byte>[] Schedule { get; }

    public void Dispose() => Array.Clear(Schedule);

    // A last round with a key of zeros is SubBytes and ShiftRows, and ShiftRows changes nothing where all columns are equal.
    private static uint SubstituteWord(uint word) =>
        CipherInstructions.LastRound(Vector128.Create(word).AsByte(), Vector128<byte>.Zero).AsUInt32().ToScalar();
}
