using System.Security.Cryptography;

namespace Protocols.Srtp;

/// <summary>Master keys and salts of both directions as DTLS exports them (RFC 5764 §4.2).</summary>
public sealed class SrtpKeyMaterial
{
    private readonly byte[] _exported;

    /// <param name="exported">client key, server key, client salt, server salt.</param>
    public SrtpKeyMaterial(SrtpProfile profile, byte[] exported, bool isClient)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(exported.Length, ExportedLength(profile));
        Profile = profile;
        IsClient = isClient;
        _exported = exported;
    }

    public SrtpProfile Profile { get; }

    public bool IsClient { get; }

    public static int ExportedLength(SrtpProfile profile) => 2 * (profile.KeyLength + profile.SaltLength);

    /// <summary>Makes the context that protects what this side sends.</summary>
    public SrtpContext CreateSender() => Create(IsClient ? 0 : 1);

    /// <summary>Makes the context that unprotects what the peer sends.</summary>
    public SrtpContext CreateReceiver() => Create(IsClient ? 1 : 0);

    /// <summary>Once the contexts are made, nobody needs it any more.</summary>
    public void Wipe() => CryptographicOperations.ZeroMemory(_exported);

    private SrtpContext Create(int side)
    {
        int keyLength = Profile.KeyLength;
        int saltLength = Profile.SaltLength;
        ReadOnlySpan<byte> key = _exported.AsSpan(side * keyLength, keyLength);
        return new SrtpContext(Profile, key, _exported.AsSpan((2 * keyLength) + (side * saltLength), saltLength));
    }
}
