using Ingest.WebRtc;
using Protocols.Net;
using Protocols.Sdp;
using Rooms;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;
using TestKit.WebRtc;

namespace Ingest.Tests.WebRtc;

/// <summary>Publishers' entrance and an encoder's side, over a simulated network on a stepped clock.</summary>
internal sealed class PublisherFixture : IDisposable
{
    private readonly IngestNetwork _network = new();

    public PublisherFixture()
    {
        Ingest = new WebRtcIngest(Room.Registry, _network.Transport);
        Ingest.Closed += (_, closed, _) => Closed.Add(closed);
    }

    public TestRoom Room => _network.Room;

    public SessionTable Sessions => _network.Sessions;

    public WebRtcIngest Ingest { get; }

    public List<CloseReason> Closed { get; } = [];

    public Publication Publication => Room.Registry.Find("demo", "main")!;

    public PublishedPacketTrack Video => (PublishedPacketTrack)Publication.Video!;

    public PublisherAnswer Publish(string offer, string owner = "a", string entrance = "whip", string name = "main")
    {
        Assert.True(SdpReader.TryRead(offer, out SessionDescription session, out string error), error);
        var place = new PublishRequest("demo", name, entrance, owner);
        return _network.Wait(Ingest.PublishAsync(new PublisherRequest(place, session, null)));
    }

    /// <summary>An encoder that has posted its offer and is connected.</summary>
    public TestPublisherPeer Connect(int port = 40_000, string owner = "a", string video = "VP8")
    {
        WebRtcTestPeer peer = _network.AddPeer(port);
        PublisherAnswer answer = Publish(WhipOffer.Create(peer, video), owner);
        Assert.Equal(PublisherOutcome.Accepted, answer.Outcome);
        _network.Connect(peer, port, answer.Answer!.ToString());
        return new TestPublisherPeer(peer, (uint)port, answer.Publisher!, Run);
    }

    public void Run(double milliseconds) => _network.Run(milliseconds);

    public void Dispose() => _network.Dispose();
}

/// <summary>An encoder's side of one session.</summary>
internal sealed class TestPublisherPeer(WebRtcTestPeer peer, uint ssrc, WebRtcPublisher publisher, Action<double> run)
{
    public WebRtcTestPeer Peer { get; } = peer;

    public TestSender Video { get; } = TestSender.Video(peer, ssrc);

    public TestSender Audio { get; } = TestSender.Audio(peer, ssrc + 1);

    public WebRtcPublisher Publisher { get; } = publisher;

    /// <summary>Sends pictures of one packet and sound, in real time.</summary>
    public void Play(int pictures, bool keyframe = false)
    {
        for (int i = 0; i < pictures; i++)
        {
            Video.Send(TestSender.Vp8(Video.Sent.Count, keyframe && i == 0));
            Audio.Send(TestSender.Opus(i));
            Audio.Step(40);
            Video.Step(40);
            run(40);
        }
    }
}
