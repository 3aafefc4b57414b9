using Protocols.Srtp;

namespace TestKit.WebRtc;

/// <summary>What a test peer may do differently from a browser.</summary>
public sealed record WebRtcTestPeerOptions
{
    /// <summary>Chromium's order.</summary>
    public IReadOnlyList<SrtpProfile> SrtpProfiles { get; init; } =
        [SrtpProfile.Aes128CmSha1Tag80, SrtpProfile.AeadAes256Gcm, SrtpProfile.AeadAes128Gcm];

    /// <summary>Largest DTLS datagram.</summary>
    public int DtlsMtu { get; init; } = 1200;

    /// <summary>Shows a certificate other than the one its fingerprint announces.</summary>
    public bool LiesAboutCertificate { get; init; }

    /// <summary>Never sends USE-CANDIDATE.</summary>
    public bool NeverNominates { get; init; }

    /// <summary>Keep decrypted RTP packets in a list, beside the event.</summary>
    public bool KeepsPackets { get; init; } = true;

    public int Seed { get; init; } = 1;
}
