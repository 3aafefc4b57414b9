using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Protocols.Sdp;

/// <summary>The hash of a certificate that signalling vouches for (RFC 8122 §5). MD5 and SHA-1 are not taken.</summary>
public sealed class Fingerprint : IEquatable<Fingerprint>
{
    private Fingerprint(string algorithm, ImmutableArray<byte> value)
    {
        Algorithm = algorithm;
        Value = value;
    }

    /// <summary>sha-256, sha-384 or sha-512.</summary>
    public string Algorithm { get; }

    public ImmutableArray<byte> Value { get; }

    public static Fingerprint OfCertificate(ReadOnlySpan<byte> der) => new("sha-256", [.. SHA256.HashData(der)]);

    /// <summary>Reads <c>sha-256 AB:CD:...</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Fingerprint? fingerprint)
    {
        fingerprint = null;
        text = text.Trim();
        int space = text.IndexOf(' ');
        if (space < 0) return false;
        string? algorithm = Known(text[..space]);
        if (algorithm is null) return false;
        int length = LengthOf(algorithm);
        ReadOnlySpan<char> hex = text[(space + 1)..].Trim();
        if (hex.Length != (3 * length) - 1) return false;
        byte[] value = new byte[length];
        for (int i = 0; i < length; i++)
        {
            if (i > 0 && hex[(3 * i) - 1] != ':') return false;
            int high = HexDigit(hex[3 * i]), low = HexDigit(hex[(3 * i) + 1]);
            if ((high | low) < 0) return false;
            value[i] = (byte)((high << 4) | low);
        }

        fingerprint = new Fingerprint(algorithm, [.. value]);
        return true;
    }

    /// <summary>Whether it is the hash of this certificate.</summary>
    public bool Matches(ReadOnlySpan<byte> der)
    {
        byte[] hash = Algorithm switch
        {
            "sha-256" => SHA256.HashData(der),
            "sha-384" => SHA384.HashData(der),
            _ => SHA512.HashData(der),
        };
        return CryptographicOperations.FixedTimeEquals(hash, Value.AsSpan());
    }

    public bool Equals(Fingerprint? other) =>
        other is not null && Algorithm == other.Algorithm && Value.AsSpan().SequenceEqual(other.Value.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as Fingerprint);

    public override int GetHashCode() => HashCode.Combine(Algorithm, Value[0], Value[1], Value[2]);

    public override string ToString() => Algorithm + " " + string.Join(':', Value.Select(b => b.ToString("X2", null)));

    private static string? Known(ReadOnlySpan<char> name)
    {
        foreach (string known in (ReadOnlySpan<string>)["sha-256", "sha-384", "sha-512"])
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase)) return known;
        return null;
    }

    private static int LengthOf(string algorithm) => algorithm switch
    {
        "sha-256" => SHA256.HashSizeInBytes,
        "sha-384" => SHA384.HashSizeInBytes,
        _ => SHA512.HashSizeInBytes,
    };

    private static int HexDigit(char c) => c < 128 && char.IsAsciiHexDigit(c) ? (c & 15) + (c > '9' ? 9 : 0) : -1;
}
