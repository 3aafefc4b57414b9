using System.Text;
using Media.Rtp;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Rtcp;
using Protocols.Sdp;
using Protocols.Srtp;
using Protocols.Stun;

namespace TestKit.WebRtc;

/// <summary>
/// The browser's side of a session, sans-IO: a controlling ICE agent with one pair, a DTLS client, SRTP. It checks every
/// 50 ms, starts DTLS after the first answer and nominates with the second check, as Chromium does.
/// </summary>
public sealed class WebRtcTestPeer : IDisposable
{
    private const long CheckInterval = 50 * MonotonicClock.TicksPerMillisecond;
    private const long ConsentInterval = 2500 * MonotonicClock.TicksPerMillisecond;

    private static readonly DateTimeOffset s_certificateTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly WebRtcTestPeerOptions _options;
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create(s_certificateTime);
    private readonly Random _random;
    private readonly byte[] _scratch = new byte[2048];
    private SendDatagram _send = _ => { };
    private RemotePeer? _remote;
    private DtlsContext? _context;
    private DtlsTransport? _dtls;
    private SrtpContext? _sender;
    private SrtpContext? _receiver;
    private long _nextCheck = long.MaxValue;
    private long _now;

    public WebRtcTestPeer(WebRtcTestPeerOptions? options = null)
    {
        _options = options ?? new WebRtcTestPeerOptions();
        _random = new Random(_options.Seed);
        UsernameFragment = $"test{_options.Seed:D4}";
        Password = $"test-password-{_options.Seed:D10}".Replace('-', '+');
        Fingerprint = _options.LiesAboutCertificate
            ? DtlsCertificate.Create(s_certificateTime).Fingerprint
            : _certificate.Fingerprint;
    }

    public delegate void SendDatagram(ReadOnlySpan<byte> datagram);

    /// <summary>For the offer.</summary>
    public string UsernameFragment { get; private set; }

    public string Password { get; private set; }

    public Fingerprint Fingerprint { get; }

    /// <summary>Our SSRC in reports and feedback.</summary>
    public uint Ssrc { get; } = 0x7E57;

    public bool IsConnected => _receiver != null;

    /// <summary>Checks that were answered with success.</summary>
    public int ChecksAnswered { get; private set; }

    /// <summary>When the first check was answered and when SRTP keys were there; -1 = not yet.</summary>
    public long FirstAnswerAt { get; private set; } = -1;

    public long ConnectedAt { get; private set; } = -1;

    public SrtpProfile SrtpProfile => _receiver?.Profile ?? SrtpProfile.None;

    public DtlsCloseReason? Closed { get; private set; }

    /// <summary>Stops checking, as a peer that lost its network.</summary>
    public bool IsSilent { get; set; }

    public List<TestRtpPacket> Received { get; } = [];

    /// <summary>Decrypted RTCP compounds.</summary>
    public List<byte[]> ReceivedRtcp { get; } = [];

    /// <summary>SRTP and SRTCP that were not authentic or came twice.</summary>
    public int Refused { get; private set; }

    public event Action<TestRtpPacket>? RtpReceived;

    public long NextDeadline => Math.Min(IsSilent ? long.MaxValue : _nextCheck, _dtls?.NextDeadline ?? long.MaxValue);

    /// <summary>Begins to check the remote side over the path that <paramref name="send"/> stands for.</summary>
    public void Connect(RemotePeer remote, SendDatagram send, long now)
    {
        _remote = remote;
        _send = send;
        _now = now;
        if (!DtlsContext.TryCreate(_certificate, out _context, out string? reason)) throw new InvalidOperationException(reason);
        var options = new DtlsOptions { Mtu = _options.DtlsMtu, SrtpProfiles = _options.SrtpProfiles };
        _dtls = new DtlsTransport(_context, DtlsRole.Client, remote.Fingerprint, new DtlsEvents(this), options);
        SendCheck();
    }

    public void Receive(ReadOnlySpan<byte> datagram, long now)
    {
        _now = now;
        if (datagram.Length < 2) return;
        if (datagram[0] <= 3)
            ReceiveStun(datagram);
        else if (datagram[0] is >= 20 and <= 63)
            _dtls?.Receive(datagram, now);
        else if (RtcpPacket.IsRtcp(datagram))
            ReceiveRtcp(datagram);
        else
            ReceiveRtp(datagram);
    }

    public void Advance(long now)
    {
        _now = now;
        if (!IsSilent && now >= _nextCheck) SendCheck();
        _dtls?.Advance(now);
    }

    /// <summary>Checks with the new credentials of both sides from now on; DTLS and SRTP stay as they are.</summary>
    public void RestartIce(string usernameFragment, string password, RemotePeer remote)
    {
        (UsernameFragment, Password, _remote) = (usernameFragment, password, remote);
        SendCheck();
    }

    /// <summary>Sends an RTCP compound; it needs no report before feedback (RFC 5506).</summary>
    public void SendRtcp(ReadOnlySpan<byte> compound)
    {
        byte[] datagram = new byte[compound.Length + SrtpProfileSizes.MaxRtcpOverhead];
        if (_sender?.ProtectRtcp(compound, datagram, out int length) == SrtpResult.Ok) _send(datagram.AsSpan(0, length));
    }

    public void SendRtp(ReadOnlySpan<byte> packet)
    {
        byte[] datagram = new byte[packet.Length + SrtpProfileSizes.MaxRtpOverhead];
        if (_sender?.Protect(packet, datagram, out int length) == SrtpResult.Ok) _send(datagram.AsSpan(0, length));
    }

    public void RequestKeyframe(uint mediaSsrc)
    {
        var writer = new RtcpWriter(new byte[100]);
        writer.WritePictureLossIndication(Ssrc, mediaSsrc);
        SendRtcp(writer.Written);
    }

    public void SendNack(uint mediaSsrc, params ReadOnlySpan<ushort> lost)
    {
        var writer = new RtcpWriter(new byte[1000]);
        writer.WriteNack(Ssrc, mediaSsrc, lost);
        SendRtcp(writer.Written);
    }

    /// <summary>Says goodbye as a browser does when its peer connection is closed.</summary>
    public void Close() => _dtls?.Close();

    public void Dispose()
    {
        _dtls?.Dispose();
        _context?.Dispose();
        _sender?.Dispose();
        _receiver?.Dispose();
    }

    private void SendCheck()
    {
        Span<byte> request = stackalloc byte[400];
        Span<byte> transaction = stackalloc byte[StunMessage.TransactionIdLength];
        _random.NextBytes(transaction);
        bool nominate = ChecksAnswered > 0 && !_options.NeverNominates;
        string username = $"{_remote!.UsernameFragment}:{UsernameFragment}";
        uint priority = IceCandidate.PriorityOf(IceCandidateType.PeerReflexive, ushort.MaxValue);
        int length = StunWriter.WriteBindingRequest(request, transaction, username, _remote.Password, priority, nominate);
        _send(request[..length]);
        _nextCheck = _now + (ChecksAnswered > 1 ? ConsentInterval : CheckInterval);
    }

    private void ReceiveStun(ReadOnlySpan<byte> datagram)
    {
        if (!StunMessage.TryParse(datagram, out StunMessage message) || message.Class != StunClass.Success) return;
        if (!message.IsIntegrityValid(Encoding.UTF8.GetBytes(_remote!.Password))) return;
        ChecksAnswered++;
        if (FirstAnswerAt >= 0) return;
        FirstAnswerAt = _now;
        _dtls!.Start(_now);
    }

    private void ReceiveRtp(ReadOnlySpan<byte> datagram)
    {
        if (_receiver == null) return;
        if (_receiver.Unprotect(datagram, _scratch, out int length) != SrtpResult.Ok
            || !RtpHeader.TryParse(_scratch.AsSpan(0, length), out RtpHeader header))
        {
            Refused++;
            return;
        }

        var packet = new TestRtpPacket(header, _scratch[..length], _now);
        if (_options.KeepsPackets) Received.Add(packet);
        RtpReceived?.Invoke(packet);
    }

    private void ReceiveRtcp(ReadOnlySpan<byte> datagram)
    {
        if (_receiver == null) return;
        if (_receiver.UnprotectRtcp(datagram, _scratch, out int length) == SrtpResult.Ok)
            ReceivedRtcp.Add(_scratch[..length]);
        else
            Refused++;
    }

    private sealed class DtlsEvents(WebRtcTestPeer peer) : IDtlsListener
    {
        public void OnDtlsDatagram(ReadOnlySpan<byte> datagram) => peer._send(datagram);

        public void OnDtlsConnected(SrtpKeyMaterial keys, long now)
        {
            peer._sender = keys.CreateSender();
            peer._receiver = keys.CreateReceiver();
            peer.ConnectedAt = now;
        }

        public void OnDtlsClosed(DtlsCloseReason reason, string? detail) => peer.Closed = reason;

        public void OnDtlsDeadlineChanged()
        {
        }
    }
}
