using Ingest.WebRtc.Participants;
using Protocols.Rtp;
using Protocols.Sdp;
using Rooms;
using Rooms.Tracks;
using TestKit;
using TestKit.WebRtc;

namespace Ingest.Tests.WebRtc.Participants;

/// <summary>Participants' entrance and the browsers that send through it.</summary>
internal sealed class ParticipantFixture : IDisposable
{
    public ParticipantFixture(int maxSections = 4)
    {
        Ingest = new ParticipantIngest(Room.Registry, Network.Transport, maxSections);
        Ingest.Closed += (publisher, reason, _) => Closed.Add((publisher, reason));
        Ingest.AudioLevel += (publication, level, _) => Levels.Add((publication.Name, level));
    }

    public IngestNetwork Network { get; } = new();

    public TestRoom Room => Network.Room;

    public ParticipantIngest Ingest { get; }

    public List<(ParticipantPublisher Publisher, CloseReason Reason)> Closed { get; } = [];

    public List<(string Publication, AudioLevel Level)> Levels { get; } = [];

    /// <summary>Microphone and camera at first; nothing is connected yet.</summary>
    public TestParticipant Join(int port = 40_000, string id = "anna") => new(this, port, id);

    public Publication? Find(string name) => Room.Registry.Find("demo", name);

    public PublishedPacketTrack VideoOf(string name) => (PublishedPacketTrack)Find(name)!.Video!;

    public ParticipantPublishAnswer Answer(
        ParticipantPublisher? session, string owner, string offer, params (string Mid, string Publication)[] sections)
    {
        Assert.True(SdpReader.TryRead(offer, out SessionDescription session0, out string error), error);
        return Network.Wait(Ingest.AnswerAsync(new ParticipantPublishOffer(
            "demo", owner, session, session0, [.. sections.Select(section => new SectionSource(section.Mid, section.Publication))], null)));
    }

    public void Run(double milliseconds) => Network.Run(milliseconds);

    public void Dispose() => Network.Dispose();
}

/// <summary>A browser in a room: its sending peer connection, the sections of its last offer, a sender for each.</summary>
internal sealed class TestParticipant(ParticipantFixture fixture, int port, string id)
{
    private readonly Dictionary<string, TestSender> _senders = [];

    public WebRtcTestPeer Peer { get; } = fixture.Network.AddPeer(port);

    public string Id { get; } = id;

    public ParticipantPublisher? Session { get; set; }

    public ParticipantPublishAnswer Last { get; private set; } = null!;

    public SessionDescription Answer => Last.Answer!;

    public string Screen => $"{Id}-screen";

    public TestSender this[string mid] => _senders[mid];

    /// <summary>Microphone in section 0, camera in section 1.</summary>
    public TestParticipant Publish()
    {
        Offer([Microphone, Camera], ("0", Id), ("1", Id));
        fixture.Network.Connect(Peer, port, Answer.ToString());
        return this;
    }

    public static SendingSection Microphone { get; } = new("0", "audio");

    public static SendingSection Camera { get; } = new("1", "video");

    public static SendingSection ScreenPicture { get; } = new("2", "video");

    public void Offer(SendingSection[] sections, params (string Mid, string Publication)[] sources)
    {
        foreach (SendingSection section in sections)
        {
            bool isAudio = section.Kind == "audio";
            uint ssrc = (uint)((port * 100) + _senders.Count);
            _senders.TryAdd(section.Mid, new TestSender(
                Peer, ssrc, isAudio ? WhipOffer.OpusType : WhipOffer.VideoType, section.Mid, isAudio ? 48_000 : 90_000));
        }

        Last = fixture.Answer(Session, $"owner of {Id}", SendingOffer.Create(Peer, sections), sources);
        Session = Last.Session;
    }

    public void ShareScreen() => Offer([Microphone, Camera, ScreenPicture], ("0", Id), ("1", Id), ("2", Screen));

    public void StopScreen() =>
        Offer([Microphone, Camera, ScreenPicture with { Direction = "inactive" }], ("0", Id), ("1", Id));

    /// <summary>Sends pictures or sound of one packet each in those sections, in real time.</summary>
    public void Play(int count, params string[] mids)
    {
        for (int i = 0; i < count; i++)
        {
            foreach (string mid in mids)
            {
                TestSender sender = _senders[mid];
                sender.Send(mid == Microphone.Mid ? TestSender.Opus(i) : TestSender.Vp8(sender.Sent.Count, isKeyframe: sender.Sent.Count == 0 || i == 0));
                sender.Step(40);
            }

            fixture.Run(40);
        }
    }
}
