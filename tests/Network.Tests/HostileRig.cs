using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Bench.Shared;
using Media.Rtp;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Srtp;
using Protocols.WebRtc;
using TestKit.Measuring;
using TestKit.WebRtc;

namespace Network.Tests;

/// <summary>A real endpoint with one connected session, turned by the test's thread, and sockets of strangers.</summary>
internal sealed class HostileRig : IWebRtcSessionListener, IDatagramSession, IDisposable
{
    /// <summary>Fits the socket's buffer, so that nothing is lost before it costs anything.</summary>
    private const int Flood = 256;

    private readonly MonotonicClock _clock = new(TimeProvider.System);
    private readonly EpollWaiter _waiter;
    private readonly MediaLoop _loop;
    private readonly LoopTimer _wake;
    private readonly SessionTable _table = new(0);
    private readonly UdpEndpoint _endpoint;
    private readonly UdpEndpoint _deaf;
    private readonly DtlsContext _context;
    private readonly DtlsWorker _worker = new(fault => throw new InvalidOperationException("Fault on the worker", fault));
    private readonly Thread _workerThread;
    private readonly SessionPlace _place;
    private readonly WebRtcSession _session;
    private readonly WebRtcTestPeer _peer;
    private readonly Socket _peerSocket;
    private readonly List<Socket> _strangers = [];
    private readonly byte[] _buffer = new byte[2048];
    private byte[]? _sent;
    private Action<byte[]>? _toDeaf;

    public HostileRig(SrtpProfile profile)
    {
        _waiter = new EpollWaiter(_clock);
        _loop = new MediaLoop(0, _clock, _waiter, fault => throw new InvalidOperationException("Fault on the loop", fault));
        _wake = _loop.CreateTimer(_ => { });
        _endpoint = UdpEndpoint.Open(0, _table);
        _waiter.Add(_endpoint);
        _deaf = UdpEndpoint.Open(0, new Deaf());
        _waiter.Add(_deaf);
        var certificate = DtlsCertificate.Create(DateTimeOffset.UnixEpoch.AddYears(56));
        if (!DtlsContext.TryCreate(certificate, out DtlsContext? context, out string? reason)) throw new InvalidOperationException(reason);
        _context = context;
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        Credentials = IceCredentials.Create(0, random);
        _peer = new WebRtcTestPeer(new WebRtcTestPeerOptions { SrtpProfiles = [profile], KeepsPackets = false });
        _place = new SessionPlace(_table, this);
        _place.Announce(Credentials);
        _session = new WebRtcSession(
            new WebRtcSessionOptions
            {
                Credentials = Credentials, Dtls = context, PeerFingerprint = _peer.Fingerprint, Offload = new DtlsOffload(_worker, _loop),
                Refusals = _table.Refusals,
            },
            _endpoint, this, _clock.Now);
        _workerThread = new Thread(_worker.Run) { IsBackground = true, Name = "handshakes" };
        _workerThread.Start();
        _peerSocket = Connect("127.0.0.1", _endpoint);
        var remote = new RemotePeer(Credentials.UsernameFragment, Credentials.Password, certificate.Fingerprint, []);
        _peer.Connect(remote, SendAsPeer, _clock.Now);
        WaitUntil(() => _peer.IsConnected && _session.State == WebRtcState.Connected);
    }

    public IceCredentials Credentials { get; }

    public WebRtcCounters Counters => _session.Counters;

    public SessionTableStatistics Strangers => _table.Statistics;

    public int Delivered { get; private set; }

    /// <summary>Sends from ports of other hosts than the peer's, or of the same.</summary>
    public Action<byte[]> FromStrangers(bool sameHost) => From(i => sameHost ? "127.0.0.1" : $"127.0.0.{2 + i}", _endpoint);

    public void FromPeer(byte[] datagram) => _peerSocket.Send(datagram);

    /// <summary>A packet of the peer's that has arrived.</summary>
    public byte[] AuthenticPacket()
    {
        byte[] plain = new byte[RtpHeader.FixedLength + 1100];
        new RtpHeader { PayloadType = 96, SequenceNumber = 1000, Ssrc = 0x1111 }.Write(plain);
        _peer.SendRtp(plain);
        byte[] packet = _sent!;
        int before = Delivered;
        WaitUntil(() => Delivered > before);
        return packet;
    }

    /// <summary>What each datagram costs the loop, and what they have all allocated.</summary>
    public (double Microseconds, long Allocated) Measure(Action<byte[]> send, byte[] datagram, int floods) => Measure(_endpoint, send, datagram, floods);

    /// <summary>What receiving alone takes of the machine as it is now.</summary>
    public double MeasureFloor(byte[] datagram, int floods) =>
        Measure(_deaf, _toDeaf ??= From(_ => "127.0.0.1", _deaf), datagram, floods).Microseconds;

    private (double Microseconds, long Allocated) Measure(UdpEndpoint endpoint, Action<byte[]> send, byte[] datagram, int floods)
    {
        double used = 0;
        long allocated = 0;
        for (int flood = 0; flood < floods; flood++)
        {
            long before = endpoint.Statistics.DatagramsReceived;
            for (int i = 0; i < Flood; i++) send(datagram);
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            double start = ThreadClock.Microseconds;
            long end = _clock.Now + MonotonicClock.TicksPerSecond;
            _wake.Set(end); // the loop's only deadline, so that a lost datagram does not let it sleep for good
            while (endpoint.Statistics.DatagramsReceived < before + Flood && _clock.Now < end) _loop.Turn();
            used += ThreadClock.Microseconds - start;
            allocated += GC.GetAllocatedBytesForCurrentThread() - bytes;
            Assert.Equal(before + Flood, endpoint.Statistics.DatagramsReceived);
        }

        return (used / (floods * Flood), allocated);
    }

    public void Dispose()
    {
        _session.Dispose();
        _worker.Stop();
        _workerThread.Join();
        _loop.Turn();
        foreach (Socket socket in _strangers) socket.Dispose();
        _peerSocket.Dispose();
        _peer.Dispose();
        _waiter.Dispose();
        _endpoint.Dispose();
        _deaf.Dispose();
        _worker.Dispose();
        _context.Dispose();
    }

    void IDatagramSession.Receive(ReadOnlySpan<byte> datagram, in Route route, long now) => _session.Receive(datagram, route, now);

    bool IDatagramSession.TryFollow(ReadOnlySpan<byte> datagram, in Route route, long now) => _session.TryFollow(datagram, route, now);

    void IDatagramSession.OnRouteLost(in Route route) => _session.OnRouteLost(route);

    void IWebRtcSessionListener.OnConnected(long now)
    {
    }

    void IWebRtcSessionListener.OnDisconnected(long now)
    {
    }

    void IWebRtcSessionListener.OnReconnected(long now)
    {
    }

    void IWebRtcSessionListener.OnClosed(WebRtcCloseReason reason, string? detail)
    {
    }

    void IWebRtcSessionListener.OnRtcp(in RtcpPacket packet, long now)
    {
    }

    void IWebRtcSessionListener.OnRtp(in ReceivedRtp packet, long now) => Delivered++;

    void IWebRtcSessionListener.OnRouteValidated(in Route route) => _place.Add(route);

    void IWebRtcSessionListener.OnRouteForgotten(in Route route) => _place.Remove(route);

    void IWebRtcSessionListener.OnDeadlineChanged()
    {
    }

    private Action<byte[]> From(Func<int, string> host, UdpEndpoint to)
    {
        Socket[] sockets = [.. Enumerable.Range(0, 64).Select(i => Connect(host(i), to))];
        _strangers.AddRange(sockets);
        int next = 0;
        return datagram => sockets[next++ % sockets.Length].Send(datagram);
    }

    private static Socket Connect(string own, UdpEndpoint to)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(own), 0));
        socket.Connect(IPAddress.Loopback, to.Port);
        return socket;
    }

    private void SendAsPeer(ReadOnlySpan<byte> datagram)
    {
        _sent = datagram.ToArray();
        _peerSocket.Send(datagram);
    }

    private void WaitUntil(Func<bool> condition)
    {
        long end = _clock.Now + (10 * MonotonicClock.TicksPerSecond);
        while (!condition())
        {
            Assert.True(_clock.Now < end, "The peer does not connect.");
            _wake.Set(_clock.Now + MonotonicClock.TicksPerMillisecond);
            _loop.Turn();
            while (_peerSocket.Available > 0) _peer.Receive(_buffer.AsSpan(0, _peerSocket.Receive(_buffer)), _clock.Now);
            if (_peer.NextDeadline <= _clock.Now) _peer.Advance(_clock.Now);
            _session.Advance(_clock.Now);
        }
    }

    private sealed class Deaf : IDatagramReceiver
    {
        public void OnDatagram(ReadOnlySpan<byte> datagram, in Route route, long now)
        {
        }
    }
}
