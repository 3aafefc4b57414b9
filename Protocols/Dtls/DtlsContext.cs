using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Protocols.Dtls;

/// <summary>
/// What all DTLS associations of the process share: certificate, versions, ciphers. Thread safe; lives as long as the
/// process (each association holds a reference to the native object of its own).
/// </summary>
public sealed unsafe class DtlsContext : IDisposable
{
    private const string Ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
        + "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";

    private const string Groups = "X25519:P-256:P-384";

    /// <summary>A record fits a datagram, whatever it holds.</summary>
    private const int MaxSendFragment = 1024;

    private nint _handle;

    private DtlsContext(DtlsCertificate certificate, nint handle)
    {
        Certificate = certificate;
        _handle = handle;
    }

    public DtlsCertificate Certificate { get; }

    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(DtlsContext));

    /// <summary>Why WebRTC is not possible on this machine, or null.</summary>
    public static string? Unavailable { get; } = Probe(OpenSsl.SslLibrary, OpenSsl.CryptoLibrary);

    /// <summary>Makes the context, or says in a sentence for the log and the pages why there is none.</summary>
    public static bool TryCreate(
        DtlsCertificate certificate, [NotNullWhen(true)] out DtlsContext? context, [NotNullWhen(false)] out string? reason)
    {
        context = null;
        reason = Unavailable;
        if (reason != null) return false;
        OpenSsl.ERR_clear_error();
        nint handle = OpenSsl.SSL_CTX_new(OpenSsl.DTLS_method());
        if (handle == 0 || !Configure(handle, certificate))
        {
            reason = "WebRTC off: libssl refused its settings: " + OpenSsl.Describe(OpenSsl.ERR_peek_last_error());
            if (handle != 0) OpenSsl.SSL_CTX_free(handle);
            return false;
        }

        context = new DtlsContext(certificate, handle);
        return true;
    }

    public void Dispose()
    {
        if (_handle == 0) return;
        OpenSsl.SSL_CTX_free(_handle);
        _handle = 0;
    }

    internal static string? Probe(string sslLibrary, string cryptoLibrary) =>
        OpenSsl.FindMissing(sslLibrary, cryptoLibrary) is { } missing ? "WebRTC off: " + missing : null;

    private static bool Configure(nint handle, DtlsCertificate certificate)
    {
        fixed (byte* der = certificate.Certificate)
            if (OpenSsl.SSL_CTX_use_certificate_ASN1(handle, certificate.Certificate.Length, der) != 1) return false;
        fixed (byte* der = certificate.PrivateKey)
        {
            int length = certificate.PrivateKey.Length;
            if (OpenSsl.SSL_CTX_use_PrivateKey_ASN1(OpenSsl.EVP_PKEY_EC, handle, der, length) != 1) return false;
        }

        // DTLS 1.2 only: OpenSSL 3.0 has no 1.3, and a later one would change the flights that we retransmit.
        if (OpenSsl.SSL_CTX_ctrl(handle, OpenSsl.SSL_CTRL_SET_MIN_PROTO_VERSION, OpenSsl.DTLS1_2_VERSION, 0) != 1) return false;
        if (OpenSsl.SSL_CTX_ctrl(handle, OpenSsl.SSL_CTRL_SET_MAX_PROTO_VERSION, OpenSsl.DTLS1_2_VERSION, 0) != 1) return false;
        if (OpenSsl.SSL_CTX_set_cipher_list(handle, Ciphers) != 1 || !SetGroups(handle)) return false;
        OpenSsl.SSL_CTX_ctrl(handle, OpenSsl.SSL_CTRL_SET_SESS_CACHE_MODE, 0, 0);
        // Buffers of 16 KB for each session's rare records would be most of its memory.
        OpenSsl.SSL_CTX_ctrl(handle, OpenSsl.SSL_CTRL_MODE, OpenSsl.SSL_MODE_RELEASE_BUFFERS, 0);
        OpenSsl.SSL_CTX_ctrl(handle, OpenSsl.SSL_CTRL_SET_MAX_SEND_FRAGMENT, MaxSendFragment, 0);
        OpenSsl.SSL_CTX_set_options(
            handle,
            OpenSsl.SSL_OP_NO_QUERY_MTU | OpenSsl.SSL_OP_NO_TICKET | OpenSsl.SSL_OP_CIPHER_SERVER_PREFERENCE | OpenSsl.SSL_OP_NO_RENEGOTIATION);
        OpenSsl.SSL_CTX_set_verify(handle, OpenSsl.SSL_VERIFY_PEER | OpenSsl.SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
        OpenSsl.SSL_CTX_set_cert_verify_callback(handle, &DtlsEngine.VerifyCertificate, 0);
        return true;
    }

    private static bool SetGroups(nint handle)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(Groups);
        bool done = OpenSsl.SSL_CTX_ctrl(handle, OpenSsl.SSL_CTRL_SET_GROUPS_LIST, 0, text) == 1;
        Marshal.FreeCoTaskMem(text);
        return done;
    }
}
