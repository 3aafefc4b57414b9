using System.Security.Cryptography;
using System.Text;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Rtcp;
using Protocols.Sdp;
using Protocols.Srtp;
using Protocols.Stun;

namespace Protocols.WebRtc;

/// <summary>
/// The browser's side of one session: connectivity checks, a DTLS client, SRTP. Just enough to play a viewer through
/// inside the process, or hundreds of them from a load generator. Sans-IO; one thread.
/// </summary>
public sealed class InMemoryPeer : IDisposable
{
    private const int MaxDatagramLength = 2048;

    private const int MaxCompoundLength = 1200;

    private readonly DtlsContext _context;
    private readonly DtlsOptions _options;
    private readonly RandomNumberGenerator _random;
    private readonly Send _send;
    private readonly byte[] _plain = new byte[MaxDatagramLength];
    private byte[] _remoteKey = [];
    private IceCredentials? _remote;
    private bool _started;
    private DtlsTransport? _dtls;
    private SrtpContext? _sender;
    private SrtpContext? _receiver;
    private bool _isDisposed;

    private InMemoryPeer(DtlsContext context, DtlsOptions options, RandomNumberGenerator random, Send send)
    {
        _context = context;
        _options = options;
        _random = random;
        _send = send;
        Credentials = IceCredentials.Create(0, random);
    }

    /// <summary>Takes a datagram of this peer, borrowed.</summary>
    public delegate void Send(ReadOnlySpan<byte> datagram);

    /// <summary>Takes a packet of media, borrowed: as it came where <see cref="Decrypts"/> is false.</summary>
    public delegate void TakeRtp(ReadOnlySpan<byte> packet);

    public event TakeRtp? RtpReceived;

    /// <summary>For the offer, like <see cref="Fingerprint"/>.</summary>
    public IceCredentials Credentials { get; }

    public Fingerprint Fingerprint => _context.Certificate.Fingerprint;

    /// <summary>SRTP keys are there: media may flow.</summary>
    public bool IsConnected => _receiver is not null;

    /// <summary>Checks and decrypts media; else it is only counted.</summary>
    public bool Decrypts { get; set; } = true;

    /// <summary>When the handshake is due to be repeated; <see cref="long.MaxValue"/> = never.</summary>
    public long NextDeadline => _dtls?.NextDeadline ?? long.MaxValue;

    /// <summary>RTP and RTCP packets that came, authentic ones only where that is checked.</summary>
    public int Received { get; private set; }

    /// <summary>What went wrong; null = nothing.</summary>
    public string? Failure { get; private set; }

    /// <summary>Null where DTLS does not work on this machine.</summary>
    /// <param name="profiles">Ciphers that it takes; null = all.</param>
    public static InMemoryPeer? TryCreate(DateTimeOffset utcNow, RandomNumberGenerator random, Send send, IReadOnlyList<SrtpProfile>? profiles = null)
    {
        DtlsOptions options = profiles is null ? DtlsOptions.Default : new DtlsOptions { SrtpProfiles = profiles };
        return DtlsContext.TryCreate(DtlsCertificate.Create(utcNow), out DtlsContext? context, out _)
            ? new InMemoryPeer(context, options, random, send)
            : null;
    }

    /// <summary>Checks the other side, which answers; all else follows from that.</summary>
    public void Connect(IceCredentials remote, Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(remote);
        _remote = remote;
        _remoteKey = Encoding.ASCII.GetBytes(remote.Password);
        _dtls = new DtlsTransport(_context, DtlsRole.Client, fingerprint, new Events(this), _options);
        Check();
    }

    /// <summary>A connectivity check: again while it is not answered, and as consent (RFC 7675).</summary>
    public void Check()
    {
        if (_remote is not { } remote) return;
        Span<byte> request = stackalloc byte[400];
        Span<byte> transaction = stackalloc byte[StunMessage.TransactionIdLength];
        _random.GetBytes(transaction);
        uint priority = IceCandidate.PriorityOf(IceCandidateType.PeerReflexive, ushort.MaxValue);
        string username = $"{remote.UsernameFragment}:{Credentials.UsernameFragment}";
        int length = StunWriter.WriteBindingRequest(request, transaction, username, remote.Password, priority, useCandidate: true);
        _send(request[..length]);
    }

    /// <summary>Repeats what was lost of the handshake.</summary>
    public void Advance(long now) => _dtls?.Advance(now);

    /// <summary>Protects an RTCP compound and sends it.</summary>
    public void SendRtcp(ReadOnlySpan<byte> compound)
    {
        Span<byte> datagram = stackalloc byte[MaxCompoundLength + SrtpProfileSizes.MaxRtcpOverhead];
        if (compound.Length <= MaxCompoundLength && _sender?.ProtectRtcp(compound, datagram, out int length) == SrtpResult.Ok) _send(datagram[..length]);
    }

    /// <summary>Says goodbye.</summary>
    public void Close() => _dtls?.Close();

    public void Receive(ReadOnlySpan<byte> datagram, long now)
    {
        if (_isDisposed) return;
        switch (DatagramKinds.Of(datagram))
        {
            case DatagramKind.Stun:
                ReceiveStun(datagram, now);
                break;
            case DatagramKind.Dtls:
                _dtls?.Receive(datagram, now);
                break;
            case DatagramKind.Rtp:
                ReceiveRtp(datagram);
                break;
            case DatagramKind.Rtcp:
                if (_receiver?.UnprotectRtcp(datagram, _plain, out _) == SrtpResult.Ok) Received++;
                break;
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _dtls?.Dispose();
        _sender?.Dispose();
        _receiver?.Dispose();
        _context.Dispose();
    }

    private void ReceiveStun(ReadOnlySpan<byte> datagram, long now)
    {
        bool good = StunMessage.TryParse(datagram, out StunMessage message) && message.Class == StunClass.Success
            && message.IsIntegrityValid(_remoteKey);
        if (good && !_started)
        {
            _started = true;
            _dtls?.Start(now);
        }

        if (!good) Failure = "the connectivity check was not answered as it should";
    }

    private void ReceiveRtp(ReadOnlySpan<byte> datagram)
    {
        int length = datagram.Length;
        if (_receiver is null || (Decrypts && _receiver.Unprotect(datagram, _plain, out length) != SrtpResult.Ok)) return;
        Received++;
        RtpReceived?.Invoke(Decrypts ? _plain.AsSpan(0, length) : datagram);
    }

    private void SendReport()
    {
        var writer = new RtcpWriter(stackalloc byte[8]);
        writer.WriteReceiverReport(ssrc: 1);
        SendRtcp(writer.Written);
    }

    private sealed class Events(InMemoryPeer peer) : IDtlsListener
    {
        public void OnDtlsDatagram(ReadOnlySpan<byte> datagram) => peer._send(datagram);

        public void OnDtlsConnected(SrtpKeyMaterial keys, long now)
        {
            peer._sender = keys.CreateSender();
            peer._receiver = keys.CreateReceiver();
            peer.SendReport();
        }

        public void OnDtlsClosed(DtlsCloseReason reason, string? detail) => peer.Failure = detail ?? reason.ToString();

        public void OnDtlsDeadlineChanged()
        {
        }
    }
}
