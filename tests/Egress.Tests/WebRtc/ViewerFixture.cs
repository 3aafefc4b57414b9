using System.Net;
using System.Security.Cryptography;
using Egress.WebRtc;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Sdp;
using Protocols.WebRtc;
using Rooms;
using Rooms.Publishing;
using TestKit;
using TestKit.WebRtc;

namespace Egress.Tests.WebRtc;

/// <summary>A publication with picture and sound, viewers' entrance, and a browser's side over a simulated network.</summary>
internal sealed class ViewerFixture : IDatagramSender, IDisposable
{
    private const long Step = MonotonicClock.TicksPerMillisecond;

    private static readonly DtlsCertificate s_certificate = DtlsCertificate.Create(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private readonly DtlsContext _dtls;
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly byte[] _room = new byte[2048];
    private Route _reserved;
    private double _videoDue;
    private double _audioDue;
    private long _frames;
    private long _sounds;

    /// <param name="loops">With more than one, viewers live on another one than the publication, as far as there is one.</param>
    public ViewerFixture(RoomOptions? options = null, WebRtcTestPeerOptions? peer = null, int? loops = null)
    {
        Room = new TestRoom(options, loops: loops ?? TestLoops.UsualCount);
        Peer = new WebRtcTestPeer(peer);
        Assert.True(DtlsContext.TryCreate(s_certificate, out DtlsContext? dtls, out string? reason), reason);
        _dtls = dtls;
        Tables = [.. Room.Loops.All.Select(loop => new SessionTable(loop.Index))];
        SessionTable.Connect(Tables, Room.Loops.All, Room.Pool);
        var candidates = new CandidateGatherer([new InterfaceAddress("eth0", Server.ToIPAddress())], [], Server.Port);
        LoopTransport[] parts = [.. Tables.Select(table => new LoopTransport(this, table))];
        Transport = new WebRtcTransport(_dtls, null, s_certificate.Fingerprint, candidates, _random, loop => parts[loop.Index]);
        Egress = new WebRtcEgress(Room.Registry, Transport, new WebRtcEgressOptions());
        Egress.Closed += (_, closed, _) => Closed.Add(closed);
        Network.Attach(Server, (datagram, from) => Tables[0].OnDatagram(datagram.Span, new Route(Server, from), Room.Loops.Now));
        Network.Attach(Client, (datagram, _) => Peer.Receive(datagram.Span, Network.Now));
    }

    public static TransportAddress Server { get; } = TransportAddress.From(IPAddress.Parse("192.0.2.1"), 8000);

    public static TransportAddress Client { get; } = TransportAddress.From(IPAddress.Parse("198.51.100.7"), 40_000);

    public TestRoom Room { get; }

    public WebRtcTestPeer Peer { get; private set; }

    public SimulatedNetwork Network { get; } = new();

    /// <summary>One for each loop; the first one's socket hears everything.</summary>
    public SessionTable[] Tables { get; }

    /// <summary>Those of all loops.</summary>
    public int Sessions => Tables.Sum(table => table.Count);

    /// <summary>What is sent ends here.</summary>
    public bool IsDiscarding { get; set; }

    /// <summary>Datagrams of all sessions.</summary>
    public long Committed { get; private set; }

    public WebRtcTransport Transport { get; }

    public WebRtcEgress Egress { get; }

    public List<CloseReason> Closed { get; } = [];

    public PublicationWriter? Writer { get; private set; }

    public Publication Publication => Writer!.Publication;

    public IEnumerable<TestRtpPacket> Video => Peer.Received.Where(packet => packet.PayloadType == TestOffer.H264);

    public IEnumerable<TestRtpPacket> Audio => Peer.Received.Where(packet => packet.PayloadType == TestOffer.Opus);

    /// <summary>Publishes and sends so much of picture, sound or both.</summary>
    public void Publish(double milliseconds, bool video = true, bool audio = true)
    {
        Writer ??= Room.PublishOrThrow();
        Play(milliseconds, video, audio);
    }

    /// <summary>Publishes without sending anything yet.</summary>
    public void Open() => Writer ??= Room.PublishOrThrow();

    /// <summary>Goes on in real time: 30 frames a second with one keyframe at the start, sound each 20 ms.</summary>
    public void Play(double milliseconds, bool video = true, bool audio = true, bool keyframe = false)
    {
        for (double i = 0; i < milliseconds; i++)
        {
            if (--_videoDue <= 0)
            {
                if (video)
                    Room.Write(Writer!, TestRoom.VideoFormat, _frames * 3000, isKeyframe: _frames == 0 || keyframe, length: 3000);
                keyframe &= !video;
                _frames++;
                _videoDue += 1000 / 30.0;
            }

            if (--_audioDue <= 0)
            {
                if (audio) Room.Write(Writer!, TestRoom.AudioFormat, _sounds * 960);
                _sounds++;
                _audioDue += 20;
            }

            Run(1);
        }
    }

    /// <summary>The same publisher again, after a pause, with times of its own.</summary>
    public void Return()
    {
        Writer = Room.PublishOrThrow();
        (_frames, _sounds) = (1000, 1667);
    }

    public ViewerAnswer Subscribe(string? offer = null, string? publication = null)
    {
        Task<ViewerAnswer> answer = SubscribeAsync(offer, publication);
        return Complete(answer);
    }

    public Task<ViewerAnswer> SubscribeAsync(string? offer = null, string? publication = null)
    {
        Assert.True(SdpReader.TryRead(offer ?? TestOffer.Make(Peer), out SessionDescription session, out string error), error);
        LoopLoads loads = Room.Registry.Loads;
        MediaLoop home = Writer?.Publication.Loop ?? Room.Loops[0];
        while (loads.Loops.Count > 1 && loads.Loops.All(loop => loads.ViewersOn(home) <= loads.ViewersOn(loop))) loads.Take(home);
        return Egress.SubscribeAsync(new ViewerRequest("demo", publication, session, "whep", null));
    }

    /// <summary>Turns the loop until the task is done: its continuations run on other threads.</summary>
    public T Complete<T>(Task<T> task)
    {
        bool done = SpinWait.SpinUntil(
            () =>
            {
                Room.Loops.Run();
                return task.IsCompleted;
            },
            TimeSpan.FromSeconds(20));
        Assert.True(done, "The task does not end.");
        return task.Result;
    }

    /// <summary>Connects the browser's side and waits until media may flow.</summary>
    public WebRtcSubscriber Connect(ViewerAnswer answer, double milliseconds = 200)
    {
        Assert.Equal(ViewerOutcome.Accepted, answer.Outcome);
        Peer.Connect(RemotePeer.Parse(answer.Answer!.ToString()), datagram => Network.Send(Client, Server, datagram), Network.Now);
        Play(milliseconds, Publication.Video is not null, Publication.Audio is not null);
        Assert.True(Peer.IsConnected);
        return answer.Viewer!;
    }

    /// <summary>Another peer connection of the same browser, with a certificate of its own.</summary>
    public void ReplacePeer()
    {
        Peer.Dispose();
        Peer = new WebRtcTestPeer(new WebRtcTestPeerOptions { Seed = 2 });
    }

    public void Run(double milliseconds)
    {
        for (double i = 0; i < milliseconds; i++)
        {
            Network.Run(Step, () => Peer.NextDeadline, Peer.Advance);
            Room.Loops.AdvanceMilliseconds(1);
        }
    }

    public void Dispose()
    {
        Room.Registry.Close();
        Room.Loops.Run();
        Peer.Dispose();
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
        Committed++;
        if (length > 0 && !IsDiscarding) Network.Send(_reserved.Local, _reserved.Remote, _room.AsSpan(0, length));
    }
}

/// <summary>What a browser offers that wants to receive.</summary>
internal static class TestOffer
{
    public const int Opus = 111;
    public const int H264 = 96;
    public const int H264Rtx = 97;
    public const int Vp8 = 98;

    public static string Make(WebRtcTestPeer peer, bool audio = true, bool h264 = true, bool vp8 = false)
    {
        var lines = new List<string> { "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0" };
        string[] mids = [.. new[] { audio ? "0" : null, h264 || vp8 ? "1" : null }.OfType<string>()];
        lines.Add($"a=group:BUNDLE {string.Join(' ', mids)}");
        if (audio) AddSection(lines, peer, "audio", "0", [(Opus, "opus/48000/2", "minptime=10;useinbandfec=1")]);
        var formats = new List<(int, string, string)>();
        if (h264)
        {
            formats.Add((H264, "H264/90000", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"));
            formats.Add((H264Rtx, "rtx/90000", "apt=96"));
        }

        if (vp8) formats.Add((Vp8, "VP8/90000", ""));
        if (formats.Count > 0) AddSection(lines, peer, "video", "1", formats);
        return string.Join("\r\n", lines) + "\r\n";
    }

    private static void AddSection(
        List<string> lines, WebRtcTestPeer peer, string kind, string mid, List<(int Type, string Map, string Parameters)> formats)
    {
        lines.Add($"m={kind} 9 UDP/TLS/RTP/SAVPF {string.Join(' ', formats.Select(format => format.Type))}");
        lines.AddRange(["c=IN IP4 0.0.0.0", $"a=mid:{mid}", "a=recvonly", "a=rtcp-mux", "a=rtcp-rsize", "a=setup:actpass"]);
        lines.AddRange([$"a=ice-ufrag:{peer.UsernameFragment}", $"a=ice-pwd:{peer.Password}", $"a=fingerprint:{peer.Fingerprint}"]);
        lines.Add("a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01");
        lines.Add("a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid");
        foreach ((int type, string map, string parameters) in formats)
        {
            lines.Add($"a=rtpmap:{type} {map}");
            if (parameters.Length > 0) lines.Add($"a=fmtp:{type} {parameters}");
            if (map.StartsWith("rtx", StringComparison.Ordinal)) continue;
            lines.Add($"a=rtcp-fb:{type} transport-cc");
            if (kind == "video") lines.AddRange([$"a=rtcp-fb:{type} nack", $"a=rtcp-fb:{type} nack pli", $"a=rtcp-fb:{type} ccm fir"]);
        }
    }
}
