using Media;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;

namespace Rooms.Tests.Tracks;

public class DepacketizedTrackTests
{
    private static readonly TrackShape Frames = new(TrackForm.Frames, Codec.Vp8);

    private readonly TestRoom _room = new();
    private readonly PublicationWriter _writer;
    private readonly TestEncoding _source;
    private readonly CollectingSink _sink = new();

    public DepacketizedTrackTests()
    {
        _writer = _room.PublishOrThrow();
        _source = new TestEncoding(_room, _writer);
    }

    private TrackViews Views => _writer.Publication.Views;

    [Fact]
    public void A_viewer_that_takes_the_codec_gets_the_published_packets_themselves()
    {
        _source.WriteFrame(isKeyframe: true);

        Track track = Views.Find(new TrackShape(TrackForm.Packets, Codec.Vp8, ForBrowsers: true)).Track!;

        Assert.Same(_writer.Publication.Video, track);
        Assert.Empty(Views.Derived);
    }

    [Fact]
    public void Packets_become_frames_from_the_current_group_on()
    {
        _source.WriteFrame(isKeyframe: true, packets: 3);
        _source.WriteFrame();
        FrameTrack track = Take();
        _source.WriteFrame(packets: 2);

        Assert.Equal([0L, 3000, 6000], _sink.Frames.Select(frame => frame.PresentationTime));
        Assert.Equal([true, false, false], _sink.Frames.Select(frame => frame.IsKeyframe));
        Assert.Equal(3 * 95, _sink.Frames[0].Length);
        Assert.Equal(640, track.Format!.Video!.Width);
    }

    [Fact]
    public void All_takers_share_one_track()
    {
        _source.WriteFrame(isKeyframe: true);

        Assert.Same(Take(), Views.Find(Frames with { ForBrowsers = true }).Track);
    }

    [Fact]
    public void A_late_packet_is_waited_for()
    {
        _source.WriteFrame(isKeyframe: true);
        Take();
        (long late, byte[] payload, long time) = (_source.Number++, _source.Payload(false), _source.Timestamp);
        _source.NextFrame();
        _source.WriteFrame();
        Assert.Single(_sink.Frames);
        _source.Write(late, payload, timestamp: time);

        Assert.Equal([0L, 3000, 6000], _sink.Frames.Select(frame => frame.PresentationTime));
    }

    [Fact]
    public void What_does_not_come_costs_a_keyframe()
    {
        _source.WriteFrame(isKeyframe: true);
        Take();
        _source.Requests.Clear();
        _source.Write(_source.Number++, _source.Payload(false), marker: false);
        _source.Number++;
        _source.NextFrame();
        _source.Play(20);
        _source.WriteFrame(isKeyframe: true);

        Assert.NotEmpty(_source.Requests);
        Assert.Equal([true, true], _sink.Frames.Select(frame => frame.IsKeyframe));
    }

    [Fact]
    public void Sound_becomes_frames_as_well()
    {
        var sound = new TestEncoding(_room, _writer, format: TestRoom.AudioFormat);
        sound.WriteFrame();
        ((FrameTrack)Views.Find(new TrackShape(TrackForm.Frames, Codec.Opus)).Track!).Subscribe(_sink);
        sound.WriteFrame();

        Assert.Equal(960, Assert.Single(_sink.Frames).PresentationTime);
    }

    [Fact]
    public void A_codec_that_can_not_be_converted_is_named_with_the_reason()
    {
        var av1 = new TestEncoding(_room, _writer, format: new TrackFormat { Codec = Codec.Av1, ClockRate = 90_000 });
        av1.Write(1, [0x18, 0x0a, 0x0b]);

        TrackView view = Views.Find(new TrackShape(TrackForm.Packets, Codec.H264, ForBrowsers: true));

        Assert.Null(view.Track);
        Assert.Contains("AV1", view.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void It_ends_with_its_source()
    {
        _source.WriteFrame(isKeyframe: true);
        Take();
        _room.Registry.Kick("demo", "main");
        _room.Test.Run();

        Assert.Equal(CloseReason.Kicked, _sink.Closed);
        Assert.Equal(0, _room.Pool.Leased);
    }

    private FrameTrack Take()
    {
        var track = (FrameTrack)Views.Find(Frames).Track!;
        track.Subscribe(_sink, replayCache: true);
        return track;
    }
}
