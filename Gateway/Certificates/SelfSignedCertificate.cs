using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Certificates;

/// <summary>The certificate of a gateway whose user brought none: for localhost, this machine's name and its addresses.</summary>
internal static class SelfSignedCertificate
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2 * 365);

    /// <summary>Makes one and keeps it in <paramref name="folder"/>, the key readable by its owner only.</summary>
    public static CertificateFiles Create(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = Request(key).CreateSelfSigned(time.GetUtcNow().AddDays(-1), time.GetUtcNow() + Lifetime);
        PrivateFile.Write(Path.Combine(folder, CertificateFiles.SelfSignedKey), key.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllText(Path.Combine(folder, CertificateFiles.SelfSignedCertificate), certificate.ExportCertificatePem() + "\n", Encoding.ASCII);
        return CertificateFiles.Pair(folder, CertificateFiles.SelfSignedCertificate, CertificateFiles.SelfSignedKey)!;
    }

    private static CertificateRequest Request(ECDsa key)
    {
        var request = new CertificateRequest("CN=Gateway (self-signed)", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)); // server
        request.CertificateExtensions.Add(Names());
        return request;
    }

    private static X509Extension Names()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        if (IsDnsName(Environment.MachineName)) names.AddDnsName(Environment.MachineName);
        foreach (IPAddress address in OwnAddresses()) names.AddIpAddress(address);
        return names.Build();
    }

    private static IEnumerable<IPAddress> OwnAddresses() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => !address.IsIPv6LinkLocal)
            .Concat([IPAddress.Loopback, IPAddress.IPv6Loopback])
            .Distinct();

    private static bool IsDnsName(string name) => Uri.CheckHostName(name) == UriHostNameType.Dns && name != "localhost";
}
