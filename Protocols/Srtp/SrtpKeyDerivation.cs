namespace Protocols.Srtp;

/// <summary>Session keys from a master key, key derivation rate zero (RFC 3711 §4.3, RFC 7714 §11).</summary>
internal static class SrtpKeyDerivation
{
    public const byte RtpEncryption = 0;
    public const byte RtpAuthentication = 1;
    public const byte RtpSalt = 2;
    public const byte RtcpEncryption = 3;
    public const byte RtcpAuthentication = 4;
    public const byte RtcpSalt = 5;

    /// <summary>Fills <paramref name="key"/> with the session key of <paramref name="label"/>.</summary>
    public static void Derive(
        ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, byte label, Span<byte> key)
    {
        // x = label * 2^48 XOR salt, times 2^16: the salt fills the first 14 bytes (a 12-byte one is padded right).
        Span<byte> block = stackalloc byte[16];
        block.Clear();
        masterSalt.CopyTo(block);
        block[7] ^= label;
        key.Clear();
        using var prf = new AesCounterMode(masterKey);
        prf.Transform(block, key, key);
    }
}
