using System.Runtime.InteropServices;
using Protocols.Sdp;
using Protocols.Srtp;

namespace Protocols.Dtls;

/// <summary>
/// One SSL object between two memory BIOs: records in, records out, no clock and no network. OpenSSL's own retransmission
/// timer reads the real clock, so it is set out of reach and <see cref="DtlsTransport"/> retransmits.
/// </summary>
internal sealed unsafe class DtlsEngine : IDisposable
{
    private const uint NeverMicroseconds = 4_000_000_000; // more than an hour; a handshake is given up long before

    /// <summary>Whose certificate is being verified: the library calls back on the thread that called it.</summary>
    [ThreadStatic] private static DtlsEngine? t_current;

    private readonly Fingerprint _peer;
    private nint _ssl;
    private nint _input;
    private nint _output;

    public DtlsEngine(DtlsContext context, DtlsRole role, Fingerprint peer, DtlsOptions options)
    {
        _peer = peer;
        _ssl = OpenSsl.SSL_new(context.Handle);
        if (_ssl == 0) throw new InvalidOperationException("SSL_new: " + OpenSsl.Describe(OpenSsl.ERR_peek_last_error()));
        _input = NewMemoryBio();
        _output = NewMemoryBio();
        OpenSsl.SSL_set_bio(_ssl, _input, _output);
        OpenSsl.SSL_ctrl(_ssl, OpenSsl.SSL_CTRL_SET_MTU, options.Mtu, 0);
        OpenSsl.DTLS_set_timer_cb(_ssl, &Never);
        if (OpenSsl.SSL_set_tlsext_use_srtp(_ssl, options.SrtpProfileNames) != 0)
            throw new InvalidOperationException("libssl knows none of the SRTP profiles");
        if (role == DtlsRole.Server)
            OpenSsl.SSL_set_accept_state(_ssl);
        else
            OpenSsl.SSL_set_connect_state(_ssl);
    }

    public bool HasWrongFingerprint { get; private set; }

    /// <summary>The library does not look whether there is an object: without one it takes the process down.</summary>
    private nint Ssl => _ssl != 0 ? _ssl : throw new ObjectDisposedException(nameof(DtlsEngine));

    /// <summary>Error of the last call that returned <see cref="DtlsOutcome.Failed"/>.</summary>
    public nuint LastError { get; private set; }

    /// <summary>Gives one record to the library.</summary>
    public void Write(ReadOnlySpan<byte> record)
    {
        fixed (byte* bytes = record) _ = OpenSsl.BIO_write(_input, bytes, record.Length);
    }

    public DtlsOutcome Handshake()
    {
        OpenSsl.ERR_clear_error();
        t_current = this;
        int result = OpenSsl.SSL_do_handshake(Ssl);
        t_current = null;
        return result == 1 ? DtlsOutcome.Done : Classify(result);
    }

    /// <summary>Lets the library read an alert; application data is thrown away.</summary>
    public DtlsOutcome Read()
    {
        byte* buffer = stackalloc byte[2048];
        while (true)
        {
            OpenSsl.ERR_clear_error();
            int result = OpenSsl.SSL_read(Ssl, buffer, 2048);
            if (result <= 0) return Classify(result);
        }
    }

    /// <summary>Puts close_notify into the output.</summary>
    public void Shutdown()
    {
        OpenSsl.ERR_clear_error();
        _ = OpenSsl.SSL_shutdown(Ssl);
    }

    /// <summary>Moves what the library wants to send into the flight, in place of what was there; false if nothing.</summary>
    public bool TakeOutput(DtlsFlight flight)
    {
        int length = (int)OpenSsl.BIO_ctrl(_output, OpenSsl.BIO_CTRL_PENDING, 0, 0);
        if (length <= 0) return false;
        fixed (byte* bytes = flight.Begin(length)) _ = OpenSsl.BIO_read(_output, bytes, length);
        return true;
    }

    public SrtpKeyMaterial? ExportKeys(DtlsRole role)
    {
        nint selected = OpenSsl.SSL_get_selected_srtp_profile(Ssl);
        if (selected == 0) return null;
        // struct { const char *name; unsigned long id; }
        var profile = (SrtpProfile)(int)((nuint*)selected)[1];
        byte[] keys = new byte[SrtpKeyMaterial.ExportedLength(profile)];
        ReadOnlySpan<byte> label = "EXTRACTOR-dtls_srtp"u8; // RFC 5764 §4.2
        fixed (byte* output = keys)
        fixed (byte* text = label)
        {
            OpenSsl.ERR_clear_error();
            int done = OpenSsl.SSL_export_keying_material(Ssl, output, (nuint)keys.Length, text, (nuint)label.Length, null, 0, 0);
            if (done != 1) return null;
        }

        return new SrtpKeyMaterial(profile, keys, role == DtlsRole.Client);
    }

    public void Dispose()
    {
        if (_ssl == 0) return;
        OpenSsl.SSL_free(_ssl); // frees the BIOs too
        _ssl = _input = _output = 0;
    }

    /// <summary>Replaces the check of a chain, which self-signed certificates have not, by that of the fingerprint.</summary>
    [UnmanagedCallersOnly]
    internal static int VerifyCertificate(nint storeContext, nint argument)
    {
        DtlsEngine? engine = t_current;
        nint certificate = OpenSsl.X509_STORE_CTX_get0_cert(storeContext);
        if (engine != null && certificate != 0 && engine.Matches(certificate)) return 1;
        if (engine != null) engine.HasWrongFingerprint = true;
        OpenSsl.X509_STORE_CTX_set_error(storeContext, OpenSsl.X509_V_ERR_CERT_REJECTED);
        return 0;
    }

    private bool Matches(nint certificate)
    {
        int length = OpenSsl.i2d_X509(certificate, null);
        if (length is <= 0 or > 64 * 1024) return false;
        byte[] der = new byte[length];
        fixed (byte* bytes = der)
        {
            byte* cursor = bytes;
            return OpenSsl.i2d_X509(certificate, &cursor) == length && _peer.Matches(der);
        }
    }

    private DtlsOutcome Classify(int result)
    {
        switch (OpenSsl.SSL_get_error(_ssl, result))
        {
            case OpenSsl.SSL_ERROR_WANT_READ or OpenSsl.SSL_ERROR_WANT_WRITE:
                return DtlsOutcome.WantsMore;
            case OpenSsl.SSL_ERROR_ZERO_RETURN:
                return DtlsOutcome.CloseNotified;
            default:
                LastError = OpenSsl.ERR_peek_last_error();
                return DtlsOutcome.Failed;
        }
    }

    [UnmanagedCallersOnly]
    private static uint Never(nint ssl, uint lastMicroseconds) => NeverMicroseconds;

    private static nint NewMemoryBio()
    {
        nint bio = OpenSsl.BIO_new(OpenSsl.BIO_s_mem());
        OpenSsl.BIO_ctrl(bio, OpenSsl.BIO_C_SET_BUF_MEM_EOF_RETURN, -1, 0); // empty = try again, not end of file
        return bio;
    }
}

internal enum DtlsOutcome
{
    WantsMore,
    Done,
    CloseNotified,
    Failed,
}
