using System.Net;
using System.Security.Cryptography;
using Ingest.WebRtc;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Sdp;
using Protocols.WebRtc;
using Rooms;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;
using TestKit.WebRtc;

namespace Ingest.Tests.WebRtc;

/// <summary>Publishers' entrance and an encoder's side, over a simulated network on a stepped clock.</summary>
internal sealed class PublisherFixture : IDatagramSender, IDisposable
{
    private const long Step = MonotonicClock.TicksPerMillisecond;

    private static readonly DtlsCertificate s_certificate = DtlsCertificate.Create(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly TransportAddress s_server = TransportAddress.From(IPAddress.Parse("192.0.2.1"), 8000);

    private readonly DtlsContext _dtls;
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly List<TestPublisherPeer> _peers = [];
    private readonly byte[] _room = new byte[2048];
    private Route _reserved;

    public PublisherFixture()
    {
        Assert.True(DtlsContext.TryCreate(s_certificate, out DtlsContext? dtls, out string? reason), reason);
        _dtls = dtls;
        Sessions = new SessionTable(Room.Test.Loop.Index);
        var candidates = new CandidateGatherer([new InterfaceAddress("eth0", s_server.ToIPAddress())], [], s_server.Port);
        var part = new LoopTransport(this, Sessions);
        Ingest = new WebRtcIngest(Room.Registry, new WebRtcTransport(_dtls, null, s_certificate.Fingerprint, candidates, _random, _ => part));
        Ingest.Closed += (_, closed, _) => Closed.Add(closed);
        Network.Attach(s_server, (datagram, from) => Sessions.OnDatagram(datagram.Span, new Route(s_server, from), Room.Test.Now));
    }

    public TestRoom Room { get; } = new();

    public SimulatedNetwork Network { get; } = new();

    public SessionTable Sessions { get; }

    public WebRtcIngest Ingest { get; }

    public List<CloseReason> Closed { get; } = [];

    public Publication Publication => Room.Registry.Find("demo", "main")!;

    public PublishedPacketTrack Video => (PublishedPacketTrack)Publication.Video!;

    public PublisherAnswer Publish(string offer, string owner = "a", string entrance = "whip", string name = "main")
    {
        Assert.True(SdpReader.TryRead(offer, out SessionDescription session, out string error), error);
        Task<PublisherAnswer> answer = Ingest.PublishAsync(new PublisherRequest(new PublishRequest("demo", name, entrance, owner), session, null));
        bool done = SpinWait.SpinUntil(
            () =>
            {
                Room.Test.Run();
                return answer.IsCompleted;
            },
            TimeSpan.FromSeconds(20));
        Assert.True(done, "The answer does not come.");
        return answer.Result;
    }

    /// <summary>An encoder that has posted its offer and is connected.</summary>
    public TestPublisherPeer Connect(int port = 40_000, string owner = "a", string video = "VP8")
    {
        var peer = new TestPublisherPeer(this, TransportAddress.From(IPAddress.Parse("198.51.100.7"), (ushort)port));
        _peers.Add(peer);
        PublisherAnswer answer = Publish(WhipOffer.Create(peer.Peer, video), owner);
        Assert.Equal(PublisherOutcome.Accepted, answer.Outcome);
        peer.Begin(answer);
        for (int i = 0; i < 500 && !peer.Peer.IsConnected; i++) Run(1);
        Assert.True(peer.Peer.IsConnected);
        return peer;
    }

    public void Run(double milliseconds)
    {
        for (double i = 0; i < milliseconds; i++)
        {
            Network.Run(Step, () => _peers.Min(peer => peer.Peer.NextDeadline), now =>
            {
                foreach (TestPublisherPeer peer in _peers)
                    if (peer.Peer.NextDeadline <= now) peer.Peer.Advance(now);
            });
            Room.Test.AdvanceMilliseconds(1);
        }
    }

    public void SendToServer(TransportAddress from, ReadOnlySpan<byte> datagram) => Network.Send(from, s_server, datagram);

    public void Dispose()
    {
        Room.Registry.Close();
        Room.Test.Run();
        foreach (TestPublisherPeer peer in _peers) peer.Peer.Dispose();
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
}

/// <summary>An encoder's side of one session.</summary>
internal sealed class TestPublisherPeer
{
    private readonly PublisherFixture _fixture;
    private readonly TransportAddress _address;

    public TestPublisherPeer(PublisherFixture fixture, TransportAddress address)
    {
        (_fixture, _address) = (fixture, address);
        Peer = new WebRtcTestPeer(new WebRtcTestPeerOptions { Seed = address.Port });
        Video = TestSender.Video(Peer, ssrc: (uint)address.Port);
        Audio = TestSender.Audio(Peer, ssrc: (uint)address.Port + 1);
        fixture.Network.Attach(address, (datagram, _) => Peer.Receive(datagram.Span, fixture.Network.Now));
    }

    public WebRtcTestPeer Peer { get; }

    public TestSender Video { get; }

    public TestSender Audio { get; }

    public WebRtcPublisher Publisher { get; private set; } = null!;

    public void Begin(PublisherAnswer answer)
    {
        Publisher = answer.Publisher!;
        Peer.Connect(RemotePeer.Parse(answer.Answer!.ToString()), datagram => _fixture.SendToServer(_address, datagram), _fixture.Network.Now);
    }

    /// <summary>Sends pictures of one packet and sound, in real time.</summary>
    public void Play(int pictures, bool keyframe = false)
    {
        for (int i = 0; i < pictures; i++)
        {
            Video.Send(TestSender.Vp8(Video.Sent.Count, keyframe && i == 0));
            Audio.Send(TestSender.Opus(i));
            Audio.Step(40);
            Video.Step(40);
            _fixture.Run(40);
        }
    }
}
