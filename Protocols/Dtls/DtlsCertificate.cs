using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Protocols.Sdp;

namespace Protocols.Dtls;

/// <summary>
/// The self-signed ECDSA P-256 certificate this process shows to its WebRTC peers; they know it by the fingerprint in the
/// SDP, so it is made anew at each start and never stored.
/// </summary>
public sealed class DtlsCertificate
{
    private DtlsCertificate(byte[] certificate, byte[] privateKey)
    {
        Certificate = certificate;
        PrivateKey = privateKey;
        Fingerprint = Fingerprint.OfCertificate(certificate);
    }

    public Fingerprint Fingerprint { get; }

    /// <summary>X.509, DER.</summary>
    internal byte[] Certificate { get; }

    /// <summary>RFC 5915, DER.</summary>
    internal byte[] PrivateKey { get; }

    public static DtlsCertificate Create(DateTimeOffset utcNow)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=WebRTC", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(utcNow.AddDays(-1), utcNow.AddYears(1));
        return new DtlsCertificate(certificate.RawData, key.ExportECPrivateKey());
    }
}
