using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Protocols.Srtp;

/// <summary>
/// The instructions for AES and carry-less multiplication that x64 and ARM64 have, as one set: in the order of steps that
/// x64 chose (the round key comes last).
/// </summary>
internal static class CipherInstructions
{
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (X86Aes.IsSupported && Pclmulqdq.IsSupported) || ArmAes.IsSupported;
    }

    /// <summary>SubBytes, ShiftRows, MixColumns, AddRoundKey (FIPS 197 §5.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Round(Vector128<byte> block, Vector128<byte> key) => X86Aes.IsSupported
        ? X86Aes.Encrypt(block, key)
        : ArmAes.MixColumns(ArmAes.Encrypt(block, Vector128<byte>.Zero)) ^ key;

    /// <summary>The same without MixColumns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LastRound(Vector128<byte> block, Vector128<byte> key) => X86Aes.IsSupported
        ? X86Aes.EncryptLast(block, key)
        : ArmAes.Encrypt(block, Vector128<byte>.Zero) ^ key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyLow(Vector128<ulong> a, Vector128<ulong> b) => Pclmulqdq.IsSupported
        ? Pclmulqdq.CarrylessMultiply(a, b, 0x00)
        : ArmAes.PolynomialMultiplyWideningLower(a.GetLower(), b.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyHigh(Vector128<ulong> a, Vector128<ulong> b) => Pclmulqdq.IsSupported
        ? Pclmulqdq.CarrylessMultiply(a, b, 0x11)
        : ArmAes.PolynomialMultiplyWideningUpper(a, b);

    /// <summary>The upper half of a times the lower half of b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyHighLow(Vector128<ulong> a, Vector128<ulong> b) => Pclmulqdq.IsSupported
        ? Pclmulqdq.CarrylessMultiply(a, b, 0x01)
        : ArmAes.PolynomialMultiplyWideningLower(a.GetUpper(), b.GetLower());

    /// <summary>Turns a block around: what is big-endian on the wire becomes a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Reverse(Vector128<byte> block) =>
        Vector128.ShuffleNative(block, Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
}
