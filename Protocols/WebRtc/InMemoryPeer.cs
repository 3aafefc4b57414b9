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
/// The browser's side of one session, without a network and without loss: one connectivity check, a DTLS client, SRTP.
/// Just enough to play a viewer through inside the process. Sans-IO; one thread.
/// </summary>
public sealed class InMemoryPeer : IDisposable
{
    private const int MaxDatagramLength = 2048;

    private readonly DtlsContext _context;
    private readonly RandomNumberGenerator _random;
    private readonly Send _send;
    private readonly byte[] _plain = new byte[MaxDatagramLength];
    private byte[] _remoteKey = [];
    private DtlsTransport? _dtls;
    private SrtpContext? _sender;
    private SrtpContext? _receiver;
    private bool _isDisposed;

    private InMemoryPeer(DtlsContext context, RandomNumberGenerator random, Send send)
    {
        _context = context;
        _random = random;
        _send = send;
        Credentials = IceCredentials.Create(0, random);
    }

    /// <summary>Takes a datagram of this peer, borrowed.</summary>
    public delegate void Send(ReadOnlySpan<byte> datagram);

    /// <summary>For the offer, like <see cref="Fingerprint"/>.</summary>
    public IceCredentials Credentials { get; }

    public Fingerprint Fingerprint => _context.Certificate.Fingerprint;

    /// <summary>Authentic RTP and RTCP packets that came.</summary>
    public int Received { get; private set; }

    /// <summary>What went wrong; null = nothing.</summary>
    public string? Failure { get; private set; }

    /// <summary>Null where DTLS does not work on this machine.</summary>
    public static InMemoryPeer? TryCreate(DateTimeOffset utcNow, RandomNumberGenerator random, Send send) =>
        DtlsContext.TryCreate(DtlsCertificate.Create(utcNow), out DtlsContext? context, out _) ? new InMemoryPeer(context, random, send) : null;

    /// <summary>Checks the other side, which answers; all else follows from that.</summary>
    public void Connect(IceCredentials remote, Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(remote);
        _remoteKey = Encoding.ASCII.GetBytes(remote.Password);
        _dtls = new DtlsTransport(_context, DtlsRole.Client, fingerprint, new Events(this));
        Span<byte> request = stackalloc byte[400];
        Span<byte> transaction = stackalloc byte[StunMessage.TransactionIdLength];
        _random.GetBytes(transaction);
        uint priority = IceCandidate.PriorityOf(IceCandidateType.PeerReflexive, ushort.MaxValue);
        string username = $"{remote.UsernameFragment}:{Credentials.UsernameFragment}";
        int length = StunWriter.WriteBindingRequest(request, transaction, username, remote.Password, priority, useCandidate: true);
        _send(request[..length]);
    }

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
                if (_receiver?.Unprotect(datagram, _plain, out _) == SrtpResult.Ok) Received++;
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
        if (good) _dtls?.Start(now);
        else Failure = "the connectivity check was not answered as it should";
    }

    private void SendReport()
    {
        var writer = new RtcpWriter(stackalloc byte[8]);
        writer.WriteReceiverReport(ssrc: 1);
        Span<byte> datagram = stackalloc byte[8 + SrtpProfileSizes.MaxRtcpOverhead];
        if (_sender!.ProtectRtcp(writer.Written, datagram, out int length) == SrtpResult.Ok) _send(datagram[..length]);
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
