using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Options;

namespace Gateway.Certificates;

/// <summary>
/// The certificate of the TLS listeners. Files that change are taken up at the next handshake, at most one look a second;
/// a pair that does not load (half written, wrong key) leaves the old one in force. Any thread.
/// </summary>
internal sealed partial class CertificateStore
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger<CertificateStore> _logger;
    private readonly Lock _lock = new();
    private CertificateFiles? _refused;
    private Loaded _current;
    private long _lastLook;

    /// <exception cref="OptionException">The files can't be used, or none could be made.</exception>
    public CertificateStore(string folder, TimeProvider time, ILogger<CertificateStore> logger)
    {
        (_folder, _time, _logger) = (folder, time, logger);
        _current = LoadOrCreate();
        _lastLook = time.GetTimestamp();
    }

    public CertificateFiles Files => _current.Files;

    public X509Certificate2 Certificate => _current.Certificate;

    /// <summary>What a new TLS connection is answered with.</summary>
    /// <param name="applicationProtocols">For ALPN; null = none offered.</param>
    public SslServerAuthenticationOptions ServerOptions(List<SslApplicationProtocol>? applicationProtocols)
    {
        LookForChange();
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _current.Context,
            ApplicationProtocols = applicationProtocols,
        };
    }

    private void LookForChange()
    {
        lock (_lock)
        {
            if (_time.GetElapsedTime(_lastLook) < LookInterval) return;
            _lastLook = _time.GetTimestamp();
            CertificateFiles? found = null;
            try
            {
                found = CertificateFiles.Find(_folder);
                if (found is null || found == _current.Files || found == _refused) return;
                _current = Load(found);
                _refused = null;
                LogTakenUp(found.Certificate, _current.Certificate.NotAfter);
            }
            catch (Exception e) when (e is OptionException or IOException or UnauthorizedAccessException)
            {
                if (found is not null) _refused = found;
                LogKept(e.Message);
            }
        }
    }

    private Loaded LoadOrCreate()
    {
        try
        {
            CertificateFiles? files = CertificateFiles.Find(_folder);
            Loaded? loaded = files is null ? null : Load(files);
            if (loaded is not null && !(files!.IsSelfSigned && IsOver(loaded.Certificate))) return loaded;
            return Load(SelfSignedCertificate.Create(_folder, _time));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"Certificates:Directory: {e.Message}", e);
        }
    }

    private bool IsOver(X509Certificate2 certificate) => certificate.NotAfter.ToUniversalTime() < _time.GetUtcNow().UtcDateTime.AddDays(1);

    private static Loaded Load(CertificateFiles files)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(files.Certificate);
            var certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
            // The first is the server's own; those behind it lead to the authority and are sent along.
            var intermediates = new X509Certificate2Collection(chain.Skip(1).ToArray());
            return new Loaded(files, certificate, SslStreamCertificateContext.Create(certificate, intermediates, offline: true));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new OptionException($"Certificates:Directory: {files.Certificate} and {files.Key} don't make a certificate with its key ({e.Message})", e);
        }
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "Certificate {File} taken up, valid until {NotAfter:u}")]
    private partial void LogTakenUp(string file, DateTime notAfter);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Warning, Message = "Changed certificate not taken up, the old one stays: {Reason}")]
    private partial void LogKept(string reason);

    private sealed record Loaded(CertificateFiles Files, X509Certificate2 Certificate, SslStreamCertificateContext Context);
}
