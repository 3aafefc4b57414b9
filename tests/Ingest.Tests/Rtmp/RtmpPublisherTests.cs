using System.Diagnostics.Metrics;
using Ingest.Rtmp;
using Media;
using Media.Buffers;
using Protocols.Rtmp;
using Rooms;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;

namespace Ingest.Tests.Rtmp;

public sealed class RtmpPublisherTests : IDisposable
{
    private readonly TestRoom _room = new();
    private readonly Meter _meter = new("test");
    private readonly Listener _listener = new();
    private readonly RtmpPublisher _publisher;

    public RtmpPublisherTests() => _publisher = Publisher(_listener);

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Frames_come_to_the_tracks_of_the_room()
    {
        Start();
        var video = new Sink();
        Video(0, FlvSamples.AvcHeader());
        Audio(0, FlvSamples.AacHeader);
        Video(0, FlvSamples.AvcFrame(isKeyframe: true));
        Publication publication = _room.Registry.Find("demo", null)!;
        ((FrameTrack)publication.Video!).Subscribe(video);
        Video(40, FlvSamples.AvcFrame(isKeyframe: false, compositionTime: 80));
        Audio(46, FlvSamples.AacFrame());
        Assert.Equal([(3600L, 10_800L)], video.Times);
        Assert.Equal(Codec.H264, publication.Video.Format!.Codec);
        Assert.Equal(44_100, publication.Audio!.Format!.ClockRate);
        _room.Registry.Kick("demo", "main");
        _room.Test.Run();
        Assert.Equal(CloseReason.Kicked, _listener.Removed);
        Assert.Equal(0, _room.Pool.Leased);
    }

    [Fact]
    public void A_second_encoder_of_the_same_owner_takes_over_and_the_first_is_told()
    {
        Start();
        var second = new Listener();
        Assert.Null(Publisher(second).Start(new RtmpStreamKey("demo", "main", null), "me", _room.Registry));
        Assert.Equal(CloseReason.Replaced, _listener.Removed);
        Assert.Null(second.Removed);
    }

    [Fact]
    public void A_name_of_another_owner_is_refused()
    {
        Start();
        RtmpPublisher other = Publisher(new Listener());
        Assert.Equal(PublishRefusal.NameTaken, other.Start(new RtmpStreamKey("demo", "main", null), "you", _room.Registry));
        Assert.Null(other.Publication);
    }

    [Fact]
    public void An_unsupported_codec_is_told_once_and_the_other_medium_goes_on()
    {
        using RoomEventListener events = _room.Registry.Events.Listen();
        Start();
        for (uint t = 0; t < 100; t += 20) Video(t, [0x90, .. "hvc1"u8, 1, 2]);
        Audio(0, FlvSamples.AacHeader);
        Audio(0, FlvSamples.AacFrame());
        Assert.Equal([(MediaKind.Video, "hvc1")], _listener.Unsupported);
        Assert.NotNull(_room.Registry.Find("demo", null)!.Audio);
        var raised = new List<RoomEvent>();
        while (events.Reader.TryRead(out RoomEvent? item)) raised.Add(item);
        Assert.Equal("unsupported codec hvc1", Assert.Single(raised, e => e.Type == RoomEvent.TrackUnsupported).Detail);
    }

    private void Start()
    {
        Assert.Null(_publisher.Start(new RtmpStreamKey("demo", "main", null), "me", _room.Registry));
        _room.Test.Run();
    }

    private RtmpPublisher Publisher(Listener listener) => new(listener, new RtmpMetrics(_meter), _room.Pool);

    private void Video(uint timestamp, byte[] body) => Send(RtmpMessageType.Video, timestamp, body);

    private void Audio(uint timestamp, byte[] body) => Send(RtmpMessageType.Audio, timestamp, body);

    private void Send(RtmpMessageType type, uint timestamp, byte[] body)
    {
        using PooledBuffer buffer = _room.Pool.RentCopy(body);
        _publisher.OnMedia(type, timestamp, _room.Test.Now, buffer, 0, body.Length);
        _room.Test.Run();
    }

    private sealed class Listener : IRtmpPublisherListener
    {
        public CloseReason? Removed { get; private set; }

        public List<(MediaKind, string)> Unsupported { get; } = [];

        public void OnRemoved(CloseReason reason) => Removed = reason;

        public void OnUnsupportedCodec(MediaKind kind, string codec) => Unsupported.Add((kind, codec));
    }

    private sealed class Sink : IFrameSink
    {
        public List<(long Decode, long Presentation)> Times { get; } = [];

        public void OnFrame(in MediaFrame frame) => Times.Add((frame.DecodeTime, frame.PresentationTime));

        public void OnClosed(CloseReason reason)
        {
        }
    }
}
