using Media;
using Media.Scheduling;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;

namespace Rooms.Tests.Tracks;

public class ChosenEncodingTrackTests
{
    private readonly TestRoom _room = new();
    private readonly PublicationWriter _writer;
    private readonly TestEncoding _small;
    private readonly TestEncoding _large;
    private readonly PayloadSink _sink = new();

    public ChosenEncodingTrackTests()
    {
        _writer = _room.PublishOrThrow();
        _small = new TestEncoding(_room, _writer, "l", 160, 90, firstNumber: 100, firstTimestamp: 77) { PictureId = 20_000, Tl0 = 9 };
        _large = new TestEncoding(_room, _writer, "h", 640, 360, firstNumber: 9, firstTimestamp: 5);
        _small.WriteFrame(isKeyframe: true);
        _large.WriteFrame(isKeyframe: true);
        _room.Test.AdvanceMilliseconds(33);
    }

    private Publication Publication => _writer.Publication;

    private PublishedPacketTrack Video => (PublishedPacketTrack)Publication.Video!;

    [Fact]
    public void Who_chose_an_encoding_gets_it_from_its_next_keyframe_on_and_others_get_the_largest()
    {
        var others = new PayloadSink();
        Video.Subscribe(others);
        Choose("l").Subscribe(_sink);
        Play(2);
        Assert.NotEmpty(_small.Requests);
        Play(3, keyframe: true);

        Assert.Equal([0, 0, 0], _sink.Encodings);
        Assert.Equal([0L, 1, 2], _sink.Places.Select(place => place.Number));
        Assert.Equal([1, 1, 1, 1, 1], others.Encodings);
        Assert.Equal(160, Choose("l").Format!.Video!.Width);
    }

    [Fact]
    public void All_who_chose_the_same_share_one_track()
    {
        Assert.Same(Choose("l"), Choose("l"));
        Assert.NotSame(Choose("l"), Choose("h"));
        Assert.Equal("video/l", Choose("l").Id);
        Assert.Empty(Publication.Views.Derived);
    }

    [Fact]
    public void Payloads_are_those_of_the_publisher_whatever_is_changed_for_others()
    {
        // The room's own stream went from the small encoding to the large one, whose pictures it numbers anew.
        Choose("h").Subscribe(_sink);
        byte[] sent = _large.Payload(isKeyframe: true);
        Play(1, keyframe: true);

        Assert.Equal(sent, Assert.Single(_sink.Payloads));
    }

    [Fact]
    public void Frames_of_an_encoding_stay_with_it_through_three_seconds_of_silence_and_come_back_only_when_told()
    {
        var shape = new TrackShape(TrackForm.Frames, Codec.Vp8, EncodingId: "l");
        var sink = new CollectingSink();
        ((FrameTrack)Publication.Views.Find(shape).Track!).Subscribe(sink);
        Play(1, keyframe: true);
        _large.Play(75);
        _large.Play(1, keyframe: true);
        Assert.All(sink.Frames, frame => Assert.Equal(160, frame.Format.Video!.Width));

        _large.Play(30);
        _large.Play(1, keyframe: true);
        Play(2, keyframe: true);
        Assert.Equal(640, sink.Frames[^1].Format.Video!.Width);

        Publication.Views.GoBack(shape);
        Play(1, keyframe: true);
        Assert.Equal(160, sink.Frames[^1].Format.Video!.Width);
    }

    [Fact]
    public void While_the_chosen_one_is_not_sent_the_largest_live_one_is_passed_on()
    {
        ChosenEncodingTrack chosen = Choose("l");
        chosen.Subscribe(_sink);
        Play(1, keyframe: true);
        int asked = _large.Requests.Count;
        _large.Play(100);
        Assert.True(_large.Requests.Count > asked);
        _large.Play(2, keyframe: true);
        Play(1, keyframe: true);

        Assert.Equal([0, 1, 1, 1, 0], _sink.Encodings);
        Assert.True(_sink.Places.Zip(_sink.Places.Skip(1)).All(pair => pair.Second.Number == pair.First.Number + 1 && pair.Second.Timestamp > pair.First.Timestamp));
        int[] pictures = [.. _sink.Payloads.Select(payload => ((payload[2] & 0x7f) << 8) | payload[3])];
        Assert.Equal(Enumerable.Range(pictures[0], pictures.Length), pictures);
    }

    [Fact]
    public void Its_time_is_that_of_the_rooms_own_stream()
    {
        var others = new PayloadSink();
        Video.Subscribe(others);
        Choose("l").Subscribe(_sink);
        Play(30, keyframe: true);

        Assert.All(_sink.Places.Zip(others.Places), pair => Assert.Equal(pair.Second.Timestamp, pair.First.Timestamp, 3000.0));
    }

    [Fact]
    public void An_encoding_that_does_not_exist_is_refused_with_a_reason()
    {
        TrackView view = Publication.Views.Find(ShapeOf("x"));

        Assert.Null(view.Track);
        Assert.Contains("'x'", view.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_track_that_nobody_takes_any_more_is_dropped()
    {
        ChosenEncodingTrack chosen = Choose("l");
        chosen.Subscribe(_sink).Dispose();
        for (int i = 0; i < 12; i++) _room.Test.AdvanceMilliseconds(1000);

        Assert.Equal(CloseReason.Unused, chosen.Closed);
        Assert.NotSame(chosen, Choose("l"));
    }

    [Fact]
    public void It_goes_on_with_the_publisher_that_returns()
    {
        ChosenEncodingTrack chosen = Choose("l");
        chosen.Subscribe(_sink);
        Play(2, keyframe: true);
        _writer.Close(CloseReason.TimedOut);
        _room.Test.AdvanceMilliseconds(1000);
        PublicationWriter second = _room.PublishOrThrow();
        var large = new TestEncoding(_room, second, "h", 640, 360);
        var small = new TestEncoding(_room, second, "l", 160, 90);
        small.WriteFrame(isKeyframe: true);
        large.WriteFrame(isKeyframe: true);

        Assert.Equal([0L, 1, 2], _sink.Places.Select(place => place.Number));
        Assert.Equal("l", chosen.Current!.Rid);
        Assert.Null(_sink.Closed);
    }

    [Fact]
    public void A_change_of_codec_ends_it()
    {
        Choose("l").Subscribe(_sink);
        _writer.Close(CloseReason.Left);
        var other = new TestEncoding(_room, _room.PublishOrThrow(), format: new TrackFormat { Codec = Codec.Vp9, ClockRate = 90_000 });
        other.Write(1, [0x88, 0x01, 1, 2, 3]);

        Assert.Equal(CloseReason.FormatChanged, _sink.Closed);
    }

    [Fact]
    public void What_encodings_there_are_is_shown_and_told_when_it_changes()
    {
        using RoomEventListener listener = _room.Registry.Events.Listen();
        Play(40);
        Assert.Equal(["h", "l"], Publication.Snapshot.Track(MediaKind.Video)!.Encodings.Select(encoding => encoding.Id));
        while (listener.Reader.TryRead(out _))
        {
        }

        _large.Play(100);

        Assert.True(listener.Reader.TryRead(out RoomEvent? news));
        Assert.Equal((RoomEvent.TrackChanged, "video"), (news.Type, news.Subject));
        EncodingSnapshot[] encodings = [.. Publication.Snapshot.Track(MediaKind.Video)!.Encodings];
        Assert.Equal([(true, true, 640), (false, false, 160)], encodings.Select(encoding => (encoding.IsLive, encoding.IsCurrent, encoding.Width!.Value)));
        Assert.True(encodings[0].Bitrate > 0);
        Assert.Equal(0, encodings[1].Bitrate);
    }

    [Fact]
    public void All_buffers_come_back_at_the_end()
    {
        Choose("l").Subscribe(_sink);
        Play(30, keyframe: true);
        _room.Registry.Kick("demo", "main");
        _room.Test.Run();

        Assert.Equal(0, _room.Pool.Leased);
    }

    private static TrackShape ShapeOf(string encodingId) => new(TrackForm.Packets, Codec.Vp8, ForBrowsers: true, EncodingId: encodingId);

    private ChosenEncodingTrack Choose(string encodingId) => (ChosenEncodingTrack)Publication.Views.Find(ShapeOf(encodingId)).Track!;

    /// <summary>Both encodings, 30 pictures a second.</summary>
    private void Play(int frames, bool keyframe = false)
    {
        for (int i = 0; i < frames; i++)
        {
            _large.WriteFrame(keyframe && i == 0);
            _small.WriteFrame(keyframe && i == 0);
            _room.Test.Advance(TimeSpan.FromTicks(MonotonicClock.TicksPerSecond / 30));
        }
    }

}
