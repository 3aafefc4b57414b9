using System.Runtime.InteropServices;

namespace Protocols.Dtls;

/// <summary>
/// The functions of OpenSSL 3 that DTLS over memory BIOs needs; plain C calls, no structure of theirs is looked into but
/// the public SRTP_PROTECTION_PROFILE. The error queue belongs to the thread: it is cleared before each call whose
/// outcome is asked for, since a leftover error of another session would be taken for this one's.
/// </summary>
internal static unsafe partial class OpenSsl
{
    public const string SslLibrary = "libssl.so.3";
    public const string CryptoLibrary = "libcrypto.so.3";

    public const int SSL_ERROR_SSL = 1;
    public const int SSL_ERROR_WANT_READ = 2;
    public const int SSL_ERROR_WANT_WRITE = 3;
    public const int SSL_ERROR_ZERO_RETURN = 6;

    public const int SSL_CTRL_SET_MTU = 17;
    public const int SSL_CTRL_MODE = 33;
    public const int SSL_CTRL_SET_SESS_CACHE_MODE = 44;
    public const int SSL_CTRL_SET_MAX_SEND_FRAGMENT = 52;
    public const int SSL_CTRL_SET_GROUPS_LIST = 92;
    public const int SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
    public const int SSL_CTRL_SET_MAX_PROTO_VERSION = 124;

    public const int SSL_MODE_RELEASE_BUFFERS = 0x10;

    public const ulong SSL_OP_NO_QUERY_MTU = 1UL << 12;
    public const ulong SSL_OP_NO_TICKET = 1UL << 14;
    public const ulong SSL_OP_CIPHER_SERVER_PREFERENCE = 1UL << 22;
    public const ulong SSL_OP_NO_RENEGOTIATION = 1UL << 30;

    public const int SSL_VERIFY_PEER = 1;
    public const int SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;
    public const int DTLS1_2_VERSION = 0xFEFD;
    public const int EVP_PKEY_EC = 408;
    public const int X509_V_ERR_CERT_REJECTED = 28; // answered with the alert bad_certificate
    public const int BIO_CTRL_PENDING = 10;
    public const int BIO_C_SET_BUF_MEM_EOF_RETURN = 130;

    /// <summary>A received alert is reported as this plus its number.</summary>
    public const int SSL_AD_REASON_OFFSET = 1000;

    [LibraryImport(SslLibrary)]
    public static partial nint DTLS_method();

    [LibraryImport(SslLibrary)]
    public static partial nint SSL_CTX_new(nint method);

    [LibraryImport(SslLibrary)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(SslLibrary)]
    public static partial int SSL_CTX_use_certificate_ASN1(nint context, int length, byte* der);

    [LibraryImport(SslLibrary)]
    public static partial int SSL_CTX_use_PrivateKey_ASN1(int type, nint context, byte* der, nint length);

    [LibraryImport(SslLibrary, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_cipher_list(nint context, string ciphers);

    [LibraryImport(SslLibrary)]
    public static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(SslLibrary)]
    public static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);

    [LibraryImport(SslLibrary)]
    public static partial void SSL_CTX_set_verify(nint context, int mode, nint callback);

    [LibraryImport(SslLibrary)]
    public static partial void SSL_CTX_set_cert_verify_callback(
        nint context, delegate* unmanaged<nint, nint, int> callback, nint argument);

    [LibraryImport(SslLibrary)]
    public static partial nint SSL_new(nint context);

    [LibraryImport(SslLibrary)]
    public static partial void SSL_free(nint ssl);

    [LibraryImport(SslLibrary)]
    public static partial void SSL_set_bio(nint ssl, nint read, nint write);

    [LibraryImport(SslLibrary)]
    public static partial nint SSL_ctrl(nint ssl, int command, nint number, nint pointer);

    [LibraryImport(SslLibrary)]
    public static partial void DTLS_set_timer_cb(nint ssl, delegate* unmanaged<nint, uint, uint> callback);

    /// <summary>Unlike its relatives it returns zero for success.</summary>
    [LibraryImport(SslLibrary, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_set_tlsext_use_srtp(nint ssl, string profiles);

    [LibraryImport(SslLibrary)]
    public static partial nint SSL_get_selected_srtp_profile(nint ssl);

    [LibraryImport(SslLibrary)]
    public static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(SslLibrary)]
    public static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(SslLibrary)]
    public static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(SslLibrary)]
    public static partial int SSL_read(nint ssl, byte* buffer, int length);

    [LibraryImport(SslLibrary)]
    public static partial int SSL_shutdown(nint ssl);

    [LibraryImport(SslLibrary)]
    public static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(SslLibrary)]
    public static partial int SSL_export_keying_material(
        nint ssl, byte* output, nuint length, byte* label, nuint labelLength, byte* context, nuint contextLength, int useContext);

    [LibraryImport(CryptoLibrary)]
    public static partial nint BIO_s_mem();

    [LibraryImport(CryptoLibrary)]
    public static partial nint BIO_new(nint method);

    [LibraryImport(CryptoLibrary)]
    public static partial nint BIO_ctrl(nint bio, int command, nint number, nint pointer);

    [LibraryImport(CryptoLibrary)]
    public static partial int BIO_write(nint bio, byte* data, int length);

    [LibraryImport(CryptoLibrary)]
    public static partial int BIO_read(nint bio, byte* data, int length);

    [LibraryImport(CryptoLibrary)]
    public static partial nint X509_STORE_CTX_get0_cert(nint storeContext);

    [LibraryImport(CryptoLibrary)]
    public static partial void X509_STORE_CTX_set_error(nint storeContext, int error);

    [LibraryImport(CryptoLibrary)]
    public static partial int i2d_X509(nint certificate, byte** output);

    [LibraryImport(CryptoLibrary)]
    public static partial void ERR_clear_error();

    [LibraryImport(CryptoLibrary)]
    public static partial nuint ERR_peek_last_error();

    [LibraryImport(CryptoLibrary)]
    public static partial nint ERR_reason_error_string(nuint error);

    /// <summary>The reason number of an error (ERR_GET_REASON of OpenSSL 3).</summary>
    public static int ReasonOf(nuint error) => (int)(error & 0x7FFFFF);

    public static string Describe(nuint error) =>
        error == 0 ? "unknown error" : Marshal.PtrToStringUTF8(ERR_reason_error_string(error)) ?? $"error {error:X}";

    /// <summary>What is missing for DTLS on this machine, or null.</summary>
    public static string? FindMissing(string sslLibrary, string cryptoLibrary) =>
        NativeLibrary.TryLoad(cryptoLibrary, out _) && NativeLibrary.TryLoad(sslLibrary, out _) ? null : "libssl 3 missing";
}
