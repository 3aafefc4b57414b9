namespace Protocols.Srtp;

/// <summary>SRTP protection profiles with their DTLS numbers (RFC 5764 §4.1.2, RFC 7714 §14.2).</summary>
public enum SrtpProfile
{
    None = 0,
    Aes128CmSha1Tag80 = 0x0001,
    AeadAes128Gcm = 0x0007,
    AeadAes256Gcm = 0x0008,
}

/// <summary>The sizes that follow from a profile.</summary>
public static class SrtpProfileSizes
{
    /// <summary>The largest trailer any profile adds to an RTP packet.</summary>
    public const int MaxRtpOverhead = 16;

    /// <summary>The largest trailer any profile adds to an RTCP compound: a GCM tag and the SRTCP index.</summary>
    public const int MaxRtcpOverhead = 20;

    extension(SrtpProfile profile)
    {
        public int KeyLength => profile == SrtpProfile.AeadAes256Gcm ? 32 : 16;

        /// <summary>RFC 3711 §8.2: 112 bits; RFC 7714 §12: 96 bits.</summary>
        public int SaltLength => profile == SrtpProfile.Aes128CmSha1Tag80 ? 14 : 12;

        public bool IsAead => profile is SrtpProfile.AeadAes128Gcm or SrtpProfile.AeadAes256Gcm;
    }
}
