using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Protocols.Srtp;

/// <summary>
/// The compression function of SHA-1 over whole blocks of one message: libcrypto's, which uses instructions for SHA that
/// .NET doesn't show, or our own where there is no libcrypto.
/// </summary>
internal static unsafe class Sha1
{
    public const int BlockLength = Sha1Rounds.BlockLength;
    public const int StateLength = Sha1Rounds.StateLength;

    private static readonly delegate* unmanaged<Context*, byte*, nuint, int> s_update = Find();

    public static bool HasLibrary => s_update != null;

    /// <summary>FIPS 180-4 §5.3.1.</summary>
    public static ReadOnlySpan<uint> InitialState => [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];

    public static void CompressByLibrary(uint* state, byte* data, int blocks)
    {
        Context context = default;
        Unsafe.CopyBlockUnaligned(&context, state, StateLength * sizeof(uint));
        _ = s_update(&context, data, (nuint)(blocks * BlockLength));
        Unsafe.CopyBlockUnaligned(state, &context, StateLength * sizeof(uint));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(uint* state, byte* data, int blocks)
    {
        uint* words = stackalloc uint[Sha1Rounds.ScheduleLength];
        for (; blocks > 0; blocks--, data += BlockLength)
        {
            Sha1Lane.Load(&data, words);
            Sha1Rounds.Compress<uint, Sha1Lane>(state, words);
        }
    }

    private static delegate* unmanaged<Context*, byte*, nuint, int> Find()
    {
        if (!NativeLibrary.TryLoad(Dtls.OpenSsl.CryptoLibrary, out nint library)) return null;
        bool isFound = NativeLibrary.TryGetExport(library, "SHA1_Update", out nint update);
        return isFound ? (delegate* unmanaged<Context*, byte*, nuint, int>)update : null;
    }

    /// <summary>SHA_CTX of openssl/sha.h: 96 bytes; the hash comes first, the rest begins at zero and concerns only the end.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Context
    {
        public fixed uint Hash[StateLength];
        public fixed uint Rest[19];
    }
}
