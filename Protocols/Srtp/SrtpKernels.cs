using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Protocols.Srtp;

/// <summary>
/// Which code does the cryptography: chosen once by what the processor has, and by whether it gives known answers. The
/// one place where that is decided; tests make their own choices.
/// </summary>
internal sealed record SrtpKernels
{
    /// <summary>What .NET has, on any processor.</summary>
    public static SrtpKernels Portable { get; } = new() { Hmac = HmacSha1.Single };

    /// <summary>The best that this processor has, not yet proven.</summary>
    public static SrtpKernels Supported { get; } = !CipherInstructions.IsSupported ? Portable : new SrtpKernels
    {
        HasGcm = true,
        HasCounterMode = true,
        Hmac = Sha1.HasLibrary ? HmacSha1.ByLibrary : HmacSha1.Single,
        Lanes = Avx512F.IsSupported && Vector512.IsHardwareAccelerated ? HmacSha1.Lanes16 : Avx2.IsSupported ? HmacSha1.Lanes8 : null,
    };

    private static Lazy<(SrtpKernels Kernels, IReadOnlyList<string> Failed)> Chosen { get; } = new(() => KernelSelfCheck.Choose(Supported));

    /// <summary>What new sessions use. The first call computes known answers: some milliseconds.</summary>
    public static SrtpKernels Current => Chosen.Value.Kernels;

    /// <summary>What the processor has but did not give the known answers, and is not used.</summary>
    public static IReadOnlyList<string> Failed => Chosen.Value.Failed;

    public bool HasGcm { get; init; }

    public bool HasCounterMode { get; init; }

    /// <summary>For one packet.</summary>
    public required HmacSha1 Hmac { get; init; }

    /// <summary>For several; null = they go one by one.</summary>
    public HmacSha1? Lanes { get; init; }

    public SrtpCipher CreateGcm(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt) =>
        HasGcm ? new KernelGcmCipher(key, salt) : new PortableGcmCipher(key, salt);

    public SrtpCipher CreateCounterMode(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> authenticationKey) =>
        HasCounterMode
            ? new KernelCounterModeCipher(key, salt, authenticationKey, Hmac)
            : new PortableCounterModeCipher(key, salt, authenticationKey);

    public override string ToString() =>
        $"AES-GCM: {(HasGcm ? "own" : ".NET")}, AES-CM: {(HasCounterMode ? "own" : ".NET")}, "
        + $"HMAC-SHA1: {(!HasCounterMode ? ".NET" : Hmac == HmacSha1.ByLibrary ? "libcrypto" : "own")}, lanes: {Lanes?.Lanes ?? 1}";
}
