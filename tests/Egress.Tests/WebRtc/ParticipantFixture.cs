using System.Collections.Immutable;
using Egress.WebRtc;
using Egress.WebRtc.Participants;
using Media;
using Media.Rtp.Payloads;
using Protocols.Sdp;
using Rooms;
using Rooms.Publishing;
using TestKit;
using TestKit.WebRtc;

namespace Egress.Tests.WebRtc;

/// <summary>A room of publishers of packets, and one participant's receiving peer connection over a simulated network.</summary>
internal sealed class ParticipantFixture : IDisposable
{
    private readonly ViewerFixture _viewer;
    private readonly List<PublishingParticipant> _publishers = [];
    private readonly List<OfferedSection> _sections = [];
    private string[] _answer = [];
    private int _ufrags;

    public ParticipantFixture(int? loops = null)
    {
        _viewer = new ViewerFixture(loops: loops);
        Egress = new ParticipantEgress(Room.Registry, _viewer.Transport, new WebRtcEgressOptions());
        Egress.Closed += (session, reason, _) => Closed.Add((session, reason));
        Ufrag = Peer.UsernameFragment;
    }

    public ViewerFixture Network => _viewer;

    public TestRoom Room => _viewer.Room;

    public WebRtcTestPeer Peer => _viewer.Peer;

    public ParticipantEgress Egress { get; }

    public ParticipantSubscriber? Session { get; set; }

    public List<(ParticipantSubscriber Session, CloseReason Reason)> Closed { get; } = [];

    public IReadOnlyList<OfferedSection> Sections => _sections;

    /// <summary>Of the next offer.</summary>
    public string Ufrag { get; private set; }

    public string Password => Peer.Password;

    /// <summary>Codecs of video that are offered.</summary>
    public Codec[] Takes { get; set; } = [Codec.Vp8, Codec.H264];

    /// <summary>Somebody publishes VP8 and Opus under the name.</summary>
    public PublishingParticipant Publish(string name, bool video = true, TrackFormat? format = null)
    {
        PublicationWriter writer = Room.Publish(name: name, entrance: "room", owner: name).Writer!;
        var publisher = new PublishingParticipant(this, name, writer, video ? format ?? TestEncoding.Vp8 : null, _publishers.Count + 1);
        _publishers.Add(publisher);
        return publisher;
    }

    /// <summary>Wishes for sound and picture of a publication, in sections that are not used, else in new ones.</summary>
    public void Wish(string publication, bool video = true, bool audio = true)
    {
        if (audio) Place("audio", publication);
        if (video) Place("video", publication);
    }

    /// <summary>The publication's sections are not to be sent any more.</summary>
    public void Unwish(string publication)
    {
        foreach (OfferedSection section in _sections.Where(section => section.Publication == publication)) section.Publication = null;
    }

    public string OfferText() => ParticipantOfferText.Make(_sections, Ufrag, Password, Peer.Fingerprint.ToString(), Takes);

    public ParticipantAnswer Offer(string? text = null)
    {
        Assert.True(SdpReader.TryRead(text ?? OfferText(), out SessionDescription offer, out string error), error);
        ImmutableArray<SectionWish> wishes =
            [.. _sections.Where(section => section.Publication is not null).Select(section => new SectionWish(section.Mid, section.Publication!))];
        ParticipantAnswer answer = _viewer.Complete(Egress.AnswerAsync(new ParticipantOffer("demo", "me", Session, offer, wishes, null)));
        if (answer.Answer is null) return answer;
        Session = answer.Session;
        _answer = answer.Answer.ToString().Split("\r\n");
        foreach (OfferedSection section in _sections)
            section.Ssrc = answer.Answer.Media.Single(media => media.Mid == section.Mid).Sources.FirstOrDefault()?.Ssrc ?? 0;
        return answer;
    }

    /// <summary>They publish, and the participant receives all of them.</summary>
    public void Join(params string[] names)
    {
        foreach (string name in names)
        {
            Publish(name);
            Wish(name);
        }

        Play(200);
        ParticipantAnswer answer = Offer();
        Assert.Equal(ParticipantOutcome.Accepted, answer.Outcome);
        Assert.All(answer.Sections, section => Assert.Null(section.Refusal));
        Connect();
    }

    public PublishingParticipant Publisher(string name) => _publishers.Last(publisher => publisher.Name == name);

    /// <summary>An offer with credentials of a new generation.</summary>
    public ParticipantAnswer Restart()
    {
        Ufrag = $"again{_ufrags++:D3}";
        ParticipantAnswer answer = Offer();
        Peer.RestartIce(Ufrag, Password, RemotePeer.Parse(answer.Answer!.ToString()));
        return answer;
    }

    /// <summary>As Chromium does: another section stands where the first one was stopped, on a transport of its own.</summary>
    public ParticipantAnswer MoveTransport()
    {
        _sections[0] = new OfferedSection("recycled", _sections[0].Kind) { Publication = _sections[0].Publication };
        Ufrag = "moved0";
        return Offer();
    }

    /// <summary>The browser was loaded again: what comes next is another peer connection.</summary>
    public void ReplacePeer()
    {
        _viewer.ReplacePeer();
        Ufrag = Peer.UsernameFragment;
    }

    public void Connect()
    {
        Peer.Connect(
            RemotePeer.Parse(string.Join('\n', _answer)),
            datagram => _viewer.Network.Send(ViewerFixture.Client, ViewerFixture.Server, datagram), _viewer.Network.Now);
        for (int i = 0; i < 300 && !Peer.IsConnected; i++) Run(1);
        Assert.True(Peer.IsConnected);
    }

    /// <summary>All publishers send in real time: 25 pictures and 50 packets of sound a second.</summary>
    public void Play(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i++)
        {
            foreach (PublishingParticipant publisher in _publishers) publisher.Advance();
            Run(1);
        }
    }

    public void Run(double milliseconds) => _viewer.Run(milliseconds);

    public T Complete<T>(Task<T> task) => _viewer.Complete(task);

    public void Complete(Task task) => _viewer.Complete(task.ContinueWith(_ => true, TaskScheduler.Default));

    public OfferedSection Section(string publication, string kind) =>
        _sections.Single(section => section.Publication == publication && section.Kind == kind);

    public TestRtpPacket[] Received(string publication, string kind = "video") => Received(Section(publication, kind).Ssrc);

    public TestRtpPacket[] Received(uint ssrc) => [.. Peer.Received.Where(packet => packet.Ssrc == ssrc)];

    public SubscriberSnapshot Snapshot(string publication) =>
        Assert.Single(Room.Registry.Find("demo", publication)!.Subscribers.Select(subscriber => subscriber.Snapshot()));

    public void Dispose()
    {
        Room.Registry.Close();
        Complete(Egress.CloseAsync(CloseReason.ShuttingDown));
        _viewer.Dispose();
    }

    public static bool StartsKeyframe(TestRtpPacket packet) =>
        PayloadInspector.TryInspect(Codec.Vp8, packet.Payload, out PayloadInfo info) && info.StartsKeyframe;

    public static void AssertContinuous(TestRtpPacket[] packets)
    {
        Assert.NotEmpty(packets);
        for (int i = 1; i < packets.Length; i++) Assert.Equal((ushort)(packets[i - 1].SequenceNumber + 1), packets[i].SequenceNumber);
    }

    private void Place(string kind, string publication)
    {
        OfferedSection? free = _sections.Find(section => section.Kind == kind && section.Publication is null);
        if (free is null) _sections.Add(free = new OfferedSection(_sections.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), kind));
        free.Publication = publication;
    }
}

/// <summary>One section of the participant's offers.</summary>
internal sealed class OfferedSection(string mid, string kind)
{
    public string Mid { get; } = mid;

    public string Kind { get; } = kind;

    /// <summary>Null = nothing is wanted in it.</summary>
    public string? Publication { get; set; }

    /// <summary>Of the last answer.</summary>
    public uint Ssrc { get; set; }
}

/// <summary>One publication of the room, with all that its publisher does.</summary>
internal sealed class PublishingParticipant
{
    private readonly ParticipantFixture _fixture;
    private readonly int _seed;
    private int _milliseconds;
    private bool _wantsKeyframe = true;
    private int _asked;

    public PublishingParticipant(ParticipantFixture fixture, string name, PublicationWriter writer, TrackFormat? format, int seed)
    {
        _fixture = fixture;
        _seed = seed;
        Name = name;
        Writer = writer;
        Sound = new TestEncoding(fixture.Room, writer, format: TestRoom.AudioFormat, firstNumber: 100 * seed, firstTimestamp: 77_777 * seed);
        if (format is not null) StartVideo(format);
    }

    public string Name { get; }

    public PublicationWriter Writer { get; private set; }

    public TestEncoding? Picture { get; private set; }

    public TestEncoding Sound { get; private set; }

    public bool IsPlaying { get; set; } = true;

    /// <summary>False = as an encoder that does not listen.</summary>
    public bool Answers { get; set; } = true;

    public void StartVideo(TrackFormat? format = null)
    {
        Picture = new TestEncoding(
            _fixture.Room, Writer, width: 320 + (16 * _seed), format: format, firstNumber: 1000 * _seed, firstTimestamp: 1_234_567 * _seed)
        {
            PictureId = 100 * _seed,
        };
        _wantsKeyframe = true;
        _asked = 0;
    }

    public void StopVideo() => Picture = null;

    public void ChangeSound(TrackFormat format)
    {
        Sound.Encoding.Remove();
        Sound = new TestEncoding(_fixture.Room, Writer, format: format);
    }

    /// <summary>Leaves for good, as who stops sharing a screen.</summary>
    public void End()
    {
        IsPlaying = false;
        _fixture.Room.Registry.Kick("demo", Name);
        _fixture.Run(1);
    }

    /// <summary>The same name again.</summary>
    public void Return()
    {
        Writer = _fixture.Room.Publish(name: Name, entrance: "room", owner: Name).Writer!;
        Sound = new TestEncoding(_fixture.Room, Writer, format: TestRoom.AudioFormat);
        StartVideo(Picture!.Format);
        IsPlaying = true;
    }

    public void Advance()
    {
        if (!IsPlaying) return;
        if (Picture is { } picture && _milliseconds % 40 == 0)
        {
            if (Answers && picture.Requests.Count > _asked) _wantsKeyframe = true;
            _asked = picture.Requests.Count;
            picture.WriteFrame(_wantsKeyframe, packets: 2);
            picture.Timestamp += 600; // 25 a second
            _wantsKeyframe = false;
        }

        if (_milliseconds % 20 == 0) Sound.WriteFrame();
        _milliseconds++;
    }
}
