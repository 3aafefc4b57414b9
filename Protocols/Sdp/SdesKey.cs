using System.Security.Cryptography;
using Protocols.Srtp;

namespace Protocols.Sdp;

/// <summary>The master key and salt of one direction, agreed on by SDP security descriptions (RFC 4568, RFC 7714 §14.1).</summary>
public sealed class SdesKey
{
    private const string Inline = "inline:";

    private static readonly (string Suite, SrtpProfile Profile)[] s_suites =
    [
        ("AES_CM_128_HMAC_SHA1_80", SrtpProfile.Aes128CmSha1Tag80),
        ("AEAD_AES_128_GCM", SrtpProfile.AeadAes128Gcm),
        ("AEAD_AES_256_GCM", SrtpProfile.AeadAes256Gcm),
    ];

    private readonly byte[] _keyAndSalt;

    private SdesKey(SrtpProfile profile, byte[] keyAndSalt) => (Profile, _keyAndSalt) = (profile, keyAndSalt);

    public SrtpProfile Profile { get; }

    /// <summary>What can be agreed on, for error texts.</summary>
    public static string Suites => string.Join(", ", s_suites.Select(suite => suite.Suite));

    /// <summary>A fresh key for the other direction.</summary>
    public static SdesKey Create(SrtpProfile profile) =>
        new(profile, RandomNumberGenerator.GetBytes(profile.KeyLength + profile.SaltLength));

    /// <summary>The first line that can be used, else why none can.</summary>
    public static bool TryPick(IReadOnlyList<SdpCrypto> offered, out SdpCrypto? picked, out SdesKey? key, out string reason)
    {
        ArgumentNullException.ThrowIfNull(offered);
        (picked, key, reason) = (null, null, "there is no a=crypto line");
        string? first = null;
        foreach (SdpCrypto crypto in offered)
        {
            if (TryParse(crypto, out key, out reason))
            {
                picked = crypto;
                return true;
            }

            first ??= reason;
        }

        reason = first ?? reason;
        return false;
    }

    /// <summary>Reads one line; what it asks for and we do not do is a reason, not a guess.</summary>
    public static bool TryParse(SdpCrypto crypto, out SdesKey? key, out string reason)
    {
        ArgumentNullException.ThrowIfNull(crypto);
        key = null;
        SrtpProfile profile = Array.Find(s_suites, suite => suite.Suite.Equals(crypto.Suite, StringComparison.OrdinalIgnoreCase)).Profile;
        if (profile == SrtpProfile.None) return Fail($"crypto suite {Shown(crypto.Suite)} is not known; known are {Suites}", out reason);
        if (!crypto.KeyParameters.StartsWith(Inline, StringComparison.OrdinalIgnoreCase)) return Fail("the key of a=crypto is not inline:", out reason);
        string parameters = crypto.KeyParameters[Inline.Length..];
        if (parameters.Contains(';', StringComparison.Ordinal)) return Fail("a=crypto has several keys: give one", out reason);
        // RFC 4568 §6.1: inline:key|lifetime|MKI:length
        if (parameters.Contains(':', StringComparison.Ordinal)) return Fail("a=crypto has a master key identifier (MKI), which is not supported", out reason);
        if (parameters.Contains('|', StringComparison.Ordinal)) return Fail("a=crypto has a key lifetime, which is not supported: leave it out", out reason);
        if (crypto.SessionParameters.Length > 0 && !IsHarmless(crypto.SessionParameters))
            return Fail($"a=crypto has session parameters that are not supported ({Shown(crypto.SessionParameters)})", out reason);
        int length = profile.KeyLength + profile.SaltLength;
        byte[] bytes = new byte[length];
        if (!Convert.TryFromBase64String(parameters, bytes, out int written) || written != length)
            return Fail($"the key of a=crypto is not {length} bytes in base64, as {crypto.Suite} needs them", out reason);
        key = new SdesKey(profile, bytes);
        reason = "";
        return true;
    }

    /// <summary>The line that tells the key to the other side.</summary>
    public SdpCrypto ToLine(int tag) =>
        new(tag, Array.Find(s_suites, suite => suite.Profile == Profile).Suite, Inline + Convert.ToBase64String(_keyAndSalt));

    public SrtpContext CreateContext() => new(Profile, _keyAndSalt.AsSpan(0, Profile.KeyLength), _keyAndSalt.AsSpan(Profile.KeyLength));

    public override string ToString() => Profile.ToString();

    // RFC 4568 §6.3.7, §10.3.2.2: a window size is a hint, and what begins with '-' may be ignored.
    private static bool IsHarmless(string parameters) => parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .All(parameter => parameter[0] == '-' || parameter.StartsWith("WSH=", StringComparison.OrdinalIgnoreCase));

    private static string Shown(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 37), "...");

    private static bool Fail(string text, out string reason)
    {
        reason = text;
        return false;
    }
}
