using System.Security.Cryptography;

namespace Protocols.Dtls;

/// <summary>A certificate's hash as SDP carries it: <c>a=fingerprint:sha-256 AB:CD:...</c> (RFC 8122 §5).</summary>
public sealed class DtlsFingerprint
{
    private readonly byte[] _hash;

    private DtlsFingerprint(HashAlgorithmName algorithm, byte[] hash)
    {
        Algorithm = algorithm;
        _hash = hash;
    }

    internal HashAlgorithmName Algorithm { get; }

    /// <summary>The hash function as SDP names it, such as sha-256.</summary>
    public string AlgorithmName =>
        Algorithm == HashAlgorithmName.SHA256 ? "sha-256" : Algorithm == HashAlgorithmName.SHA384 ? "sha-384" : "sha-512";

    /// <summary>The hash as SDP writes it: upper-case hex pairs and colons.</summary>
    public string Value => string.Join(':', _hash.Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));

    public static DtlsFingerprint OfCertificate(ReadOnlySpan<byte> der) => new(HashAlgorithmName.SHA256, SHA256.HashData(der));

    /// <summary>Reads both parts of an a=fingerprint line; false for an unknown or weak hash or a wrong length.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> algorithm, ReadOnlySpan<char> value, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DtlsFingerprint? fingerprint)
    {
        fingerprint = null;
        if (!TryGetAlgorithm(algorithm, out HashAlgorithmName name, out int length)) return false;
        if (value.Length != (3 * length) - 1) return false;
        byte[] hash = new byte[length];
        for (int i = 0; i < length; i++)
        {
            if (i > 0 && value[(3 * i) - 1] != ':') return false;
            if (!char.IsAsciiHexDigit(value[3 * i]) || !char.IsAsciiHexDigit(value[(3 * i) + 1])) return false;
            hash[i] = (byte)((HexValue(value[3 * i]) << 4) | HexValue(value[(3 * i) + 1]));
        }

        fingerprint = new DtlsFingerprint(name, hash);
        return true;
    }

    /// <summary>True if it is the hash of this certificate.</summary>
    public bool Matches(ReadOnlySpan<byte> certificateDer)
    {
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        int length = CryptographicOperations.HashData(Algorithm, certificateDer, hash);
        return CryptographicOperations.FixedTimeEquals(hash[..length], _hash);
    }

    public override string ToString() => $"{AlgorithmName} {Value}";

    private static bool TryGetAlgorithm(ReadOnlySpan<char> text, out HashAlgorithmName name, out int length)
    {
        (name, length) = text switch
        {
            _ when text.Equals("sha-256", StringComparison.OrdinalIgnoreCase) => (HashAlgorithmName.SHA256, 32),
            _ when text.Equals("sha-384", StringComparison.OrdinalIgnoreCase) => (HashAlgorithmName.SHA384, 48),
            _ when text.Equals("sha-512", StringComparison.OrdinalIgnoreCase) => (HashAlgorithmName.SHA512, 64),
            _ => (default, 0),
        };
        return length > 0;
    }

    private static int HexValue(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
