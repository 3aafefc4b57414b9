using Protocols.Srtp;

namespace Protocols.Dtls;

/// <summary>What one association may differ in; tests use it to be difficult peers.</summary>
internal sealed record DtlsOptions
{
    public static DtlsOptions Default { get; } = new();

    /// <summary>Largest datagram. 1200 bytes pass every path that WebRTC itself would use.</summary>
    public int Mtu { get; init; } = 1200;

    /// <summary>In order of preference, which a server imposes. GCM-128 is the cheapest for us.</summary>
    public IReadOnlyList<SrtpProfile> SrtpProfiles { get; init; } =
        [SrtpProfile.AeadAes128Gcm, SrtpProfile.AeadAes256Gcm, SrtpProfile.Aes128CmSha1Tag80];

    internal string SrtpProfileNames => string.Join(':', SrtpProfiles.Select(NameOf));

    private static string NameOf(SrtpProfile profile) => profile switch
    {
        SrtpProfile.AeadAes128Gcm => "SRTP_AEAD_AES_128_GCM",
        SrtpProfile.AeadAes256Gcm => "SRTP_AEAD_AES_256_GCM",
        _ => "SRTP_AES128_CM_SHA1_80",
    };
}
