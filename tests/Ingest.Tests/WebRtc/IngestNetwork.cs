using System.Net;
using System.Security.Cryptography;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Protocols.WebRtc;
using TestKit;
using TestKit.WebRtc;

namespace Ingest.Tests.WebRtc;

/// <summary>A gateway's side of WebRTC and peers that send to it, over a simulated network on a stepped clock.</summary>
internal sealed class IngestNetwork : IDatagramSender, IDisposable
{
    private const long Step = MonotonicClock.TicksPerMillisecond;

    private static readonly DtlsCertificate s_certificate = DtlsCertificate.Create(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly TransportAddress s_server = TransportAddress.From(IPAddress.Parse("192.0.2.1"), 8000);

    private readonly DtlsContext _dtls;
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly List<WebRtcTestPeer> _peers = [];
    private readonly byte[] _room = new byte[2048];
    private Route _reserved;

    public IngestNetwork()
    {
        Assert.True(DtlsContext.TryCreate(s_certificate, out DtlsContext? dtls, out string? reason), reason);
        _dtls = dtls;
        Sessions = new SessionTable(Room.Test.Loop.Index);
        var candidates = new CandidateGatherer([new InterfaceAddress("eth0", s_server.ToIPAddress())], [], s_server.Port);
        var part = new LoopTransport(this, Sessions);
        Transport = new WebRtcTransport(_dtls, null, s_certificate.Fingerprint, candidates, _random, _ => part);
        Network.Attach(s_server, (datagram, from) => Sessions.OnDatagram(datagram.Span, new Route(s_server, from), Room.Test.Now));
    }

    public TestRoom Room { get; } = new();

    public SimulatedNetwork Network { get; } = new();

    public SessionTable Sessions { get; }

    public WebRtcTransport Transport { get; }

    /// <summary>A peer at that port; it waits for an answer.</summary>
    public WebRtcTestPeer AddPeer(int port)
    {
        var peer = new WebRtcTestPeer(new WebRtcTestPeerOptions { Seed = port });
        _peers.Add(peer);
        Network.Attach(AddressOf(port), (datagram, _) => peer.Receive(datagram.Span, Network.Now));
        return peer;
    }

    public void Connect(WebRtcTestPeer peer, int port, string answer)
    {
        TransportAddress from = AddressOf(port);
        peer.Connect(RemotePeer.Parse(answer), datagram => Network.Send(from, s_server, datagram), Network.Now);
        for (int i = 0; i < 500 && !peer.IsConnected; i++) Run(1);
        Assert.True(peer.IsConnected);
    }

    /// <summary>Sends a datagram as if it came from that port.</summary>
    public void Inject(int port, ReadOnlySpan<byte> datagram) => Network.Send(AddressOf(port), s_server, datagram);

    public T Wait<T>(Task<T> task)
    {
        bool done = SpinWait.SpinUntil(
            () =>
            {
                Room.Test.Run();
                return task.IsCompleted;
            },
            TimeSpan.FromSeconds(20));
        Assert.True(done, "The answer does not come.");
        return task.Result;
    }

    public void Run(double milliseconds)
    {
        for (double i = 0; i < milliseconds; i++)
        {
            Network.Run(Step, () => _peers.Count == 0 ? long.MaxValue : _peers.Min(peer => peer.NextDeadline), now =>
            {
                foreach (WebRtcTestPeer peer in _peers)
                    if (peer.NextDeadline <= now) peer.Advance(now);
            });
            Room.Test.AdvanceMilliseconds(1);
        }
    }

    public void Dispose()
    {
        Room.Registry.Close();
        Room.Test.Run();
        foreach (WebRtcTestPeer peer in _peers) peer.Dispose();
        _dtls.Dispose();
        _random.Dispose();
    }

    Span<byte> IDatagramSender.Reserve(in Route route, int length)
    {
        _reserved = route;
        return _room.AsSpan(0, length);
    }

    void IDatagramSender.Commit(int length)
    {
        if (length > 0) Network.Send(_reserved.Local, _reserved.Remote, _room.AsSpan(0, length));
    }

    private static TransportAddress AddressOf(int port) => TransportAddress.From(IPAddress.Parse("198.51.100.7"), (ushort)port);
}
