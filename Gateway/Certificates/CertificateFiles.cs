using Gateway.Options;

namespace Gateway.Certificates;

/// <summary>A certificate and its private key as two PEM files, with the stamps that tell a change.</summary>
internal sealed record CertificateFiles(string Certificate, string Key, DateTime CertificateStamp, DateTime KeyStamp)
{
    public const string SelfSignedCertificate = "self-signed.pem";
    public const string SelfSignedKey = "self-signed-key.pem";

    private const string MkcertKeySuffix = "-key.pem";

    public bool IsSelfSigned => Path.GetFileName(Certificate) == SelfSignedCertificate;

    /// <summary>
    /// cert.pem and key.pem; else what mkcert writes by itself (<c>localhost+2.pem</c> and <c>localhost+2-key.pem</c>),
    /// the newest such pair; else the self-signed one. Null = none of them.
    /// </summary>
    public static CertificateFiles? Find(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        string certificate = Path.Combine(folder, "cert.pem"), key = Path.Combine(folder, "key.pem");
        if (File.Exists(certificate) != File.Exists(key))
            throw new OptionException($"Certificates:Directory: {folder} has only one of cert.pem and key.pem; it needs both, or none of them");
        if (File.Exists(certificate)) return Stamped(certificate, key);
        return MkcertPair(folder) ?? Pair(folder, SelfSignedCertificate, SelfSignedKey);
    }

    public static CertificateFiles? Pair(string folder, string certificate, string key)
    {
        string certificatePath = Path.Combine(folder, certificate), keyPath = Path.Combine(folder, key);
        return File.Exists(certificatePath) && File.Exists(keyPath) ? Stamped(certificatePath, keyPath) : null;
    }

    private static CertificateFiles? MkcertPair(string folder) =>
        Directory.EnumerateFiles(folder, "*" + MkcertKeySuffix)
            .Select(path => Path.GetFileName(path))
            .Where(name => name != SelfSignedKey)
            .Select(name => Pair(folder, name[..^MkcertKeySuffix.Length] + ".pem", name))
            .Where(pair => pair is not null)
            .MaxBy(pair => pair!.CertificateStamp);

    private static CertificateFiles Stamped(string certificate, string key) =>
        new(certificate, key, File.GetLastWriteTimeUtc(certificate), File.GetLastWriteTimeUtc(key));
}
