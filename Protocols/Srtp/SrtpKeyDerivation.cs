using System.Runtime.Intrinsics;

namespace Protocols.Srtp;

/// <summary>Session keys from a master key, key derivation rate zero (RFC 3711 §4.3, RFC 7714 §11).</summary>
internal sealed class SrtpKeyDerivation : IDisposable
{
    public const byte RtpEncryption = 0;
    public const byte RtpAuthentication = 1;
    public const byte RtpSalt = 2;
    public const byte RtcpEncryption = 3;
    public const byte RtcpAuthentication = 4;
    public const byte RtcpSalt = 5;

    private readonly KernelCounterMode? _kernel;
    private readonly PortableCounterMode? _portable;
    private readonly byte[] _salt = new byte[16];

    public SrtpKeyDerivation(SrtpKernels kernels, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        if (kernels.HasCounterMode) _kernel = new KernelCounterMode(masterKey);
        else _portable = new PortableCounterMode(masterKey);
        // The salt fills the first 14 bytes (a 12-byte one is padded right); the last two count.
        masterSalt.CopyTo(_salt);
    }

    /// <summary>Fills <paramref name="key"/> with the session key of <paramref name="label"/>.</summary>
    public void Derive(byte label, Span<byte> key)
    {
        // x = label * 2^48 XOR salt, times 2^16
        Span<byte> block = stackalloc byte[16];
        _salt.CopyTo(block);
        block[7] ^= label;
        key.Clear();
        if (_kernel is null) _portable!.Transform(block, key, key);
        else _kernel.Transform(CipherInstructions.Reverse(Vector128.Create(block)).AsUInt32(), key, key);
    }

    public void Dispose()
    {
        _kernel?.Dispose();
        _portable?.Dispose();
        Array.Clear(_salt);
    }
}
