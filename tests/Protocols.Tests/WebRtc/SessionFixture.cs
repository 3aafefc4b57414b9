using System.Net;
using System.Security.Cryptography;
using Media.Buffers;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Sdp;
using Protocols.WebRtc;
using TestKit.WebRtc;

namespace Protocols.Tests.WebRtc;

/// <summary>A session and a test peer over a simulated network on a stepped clock.</summary>
internal sealed class SessionFixture : IDatagramSender, IWebRtcSessionListener, IDisposable
{
    private static readonly DtlsCertificate s_certificate = DtlsCertificate.Create(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private readonly DtlsContext _context;
    private readonly byte[] _room = new byte[2000];
    private Route _reserved;

    public SessionFixture(WebRtcTestPeerOptions? options = null, int seed = 1)
    {
        Network = new SimulatedNetwork(seed);
        Peer = new WebRtcTestPeer(options);
        Assert.True(DtlsContext.TryCreate(s_certificate, out DtlsContext? context, out _));
        _context = context;
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        Credentials = IceCredentials.Create(0, random);
        Session = NewSession(null);
        Network.Attach(ServerAddress, (datagram, from) => Session.Receive(datagram.Span, new Route(ServerAddress, from), Network.Now));
        Network.Attach(ClientAddress, (datagram, _) => Peer.Receive(datagram.Span, Network.Now));
    }

    public static TransportAddress ServerAddress { get; } = TransportAddress.From(IPAddress.Parse("192.0.2.1"), 8000);

    public static TransportAddress ClientAddress { get; } = TransportAddress.From(IPAddress.Parse("198.51.100.7"), 40_000);

    public SimulatedNetwork Network { get; }

    public WebRtcTestPeer Peer { get; }

    public WebRtcSession Session { get; set; }

    public IceCredentials Credentials { get; }

    public DtlsContext Context => _context;

    public List<string> Events { get; } = [];

    public List<byte[]> Rtp { get; } = [];

    public BufferPool Pool { get; } = new();

    /// <summary>Holds on to the buffers of received packets.</summary>
    public bool KeepsPackets { get; set; }

    public bool IgnoresRtp { get; set; }

    public delegate void TakeRtp(in ReceivedRtp packet, long now);

    public delegate void TakeRtcp(in RtcpPacket packet, long now);

    public TakeRtp? RtpReceived { get; set; }

    public TakeRtcp? RtcpReceived { get; set; }

    public List<PooledBuffer> Kept { get; } = [];

    public List<uint> KeyframeRequests { get; } = [];

    public List<ushort> Nacked { get; } = [];

    public int DeadlineChanges { get; private set; }

    public int LargestDatagram { get; private set; }

    public WebRtcSession NewSession(DtlsOffload? offload) => new(
        new WebRtcSessionOptions { Credentials = Credentials, Dtls = _context, PeerFingerprint = Peer.Fingerprint, Offload = offload, Pool = Pool },
        this, this, Network.Now);

    public void Connect(Fingerprint? expected = null)
    {
        var remote = new RemotePeer(
            Credentials.UsernameFragment, Credentials.Password, expected ?? s_certificate.Fingerprint, [ServerAddress.ToEndPoint()]);
        Peer.Connect(remote, datagram => Network.Send(ClientAddress, ServerAddress, datagram), Network.Now);
    }

    public void Run(double seconds)
    {
        Network.Run(
            (long)(seconds * TimeSpan.TicksPerSecond),
            () => Math.Min(Session.NextDeadline, Peer.NextDeadline),
            now =>
            {
                Session.Advance(now);
                Peer.Advance(now);
            });
    }

    public bool SendRtp(ushort sequenceNumber, int payload, bool numbered = false)
    {
        byte[] packet = Srtp.SrtpContextTests.Packet(sequenceNumber, payload);
        Span<byte> room = Session.ReserveRtp(packet.Length);
        if (room.IsEmpty) return false;
        packet.CopyTo(room);
        if (numbered) Session.NextTransportSequenceNumber();
        return Session.CommitRtp(packet.Length, Network.Now);
    }

    public Span<byte> Reserve(in Route route, int length)
    {
        _reserved = route;
        return _room.AsSpan(0, length);
    }

    public void Commit(int length)
    {
        LargestDatagram = Math.Max(LargestDatagram, length);
        if (length > 0) Network.Send(_reserved.Local, _reserved.Remote, _room.AsSpan(0, length));
    }

    public void OnConnected(long now) => Events.Add("connected");

    public void OnDisconnected(long now) => Events.Add("disconnected");

    public void OnReconnected(long now) => Events.Add("reconnected");

    public void OnClosed(WebRtcCloseReason reason, string? detail) => Events.Add("closed " + reason);

    public void OnRtcp(in RtcpPacket packet, long now)
    {
        RtcpReceived?.Invoke(packet, now);
        if (PictureLossIndication.TryParse(packet, out PictureLossIndication loss)) KeyframeRequests.Add(loss.MediaSsrc);
        if (!Nack.TryParse(packet, out Nack nack)) return;
        ushort[] lost = new ushort[nack.Count];
        nack.CopyTo(lost);
        Nacked.AddRange(lost);
    }

    public void OnRtp(in ReceivedRtp packet, long now)
    {
        RtpReceived?.Invoke(packet, now);
        if (KeepsPackets) Kept.Add(packet.Buffer.AddReference());
        if (!IgnoresRtp) Rtp.Add(packet.Bytes.ToArray());
    }

    public void OnRouteValidated(in Route route) => Events.Add("route " + route.Remote.Port);

    public void OnRouteForgotten(in Route route) => Events.Add("forgotten " + route.Remote.Port);

    public void OnDeadlineChanged() => DeadlineChanges++;

    public void Dispose()
    {
        Session.Dispose();
        Peer.Dispose();
        _context.Dispose();
    }
}
