using Media;
using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Scheduling;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;

namespace Rooms.Tests.Tracks;

public class PublishedPacketTrackTests
{
    private readonly TestRoom _room = new();
    private readonly PublicationWriter _writer;
    private readonly PayloadSink _sink = new();

    public PublishedPacketTrackTests() => _writer = _room.PublishOrThrow();

    private PublishedPacketTrack Video => (PublishedPacketTrack)_writer.Publication.Video!;

    [Fact]
    public void Packets_pass_with_their_payload_untouched_and_numbers_of_the_track()
    {
        var source = new TestEncoding(_room, _writer);
        byte[] keyframe = source.Payload(isKeyframe: true);
        source.WriteFrame(isKeyframe: true);
        Video.Subscribe(_sink);
        byte[] next = source.Payload(isKeyframe: false);
        source.WriteFrame();

        Assert.True(Video.History.TryGet(0, out RtpPacket first));
        Assert.Equal(keyframe, first.Slice.ToArray());
        Assert.True(first.StartsKeyframe);
        Assert.Equal((1L, 3000L), Assert.Single(_sink.Places));
        Assert.Equal(next, Assert.Single(_sink.Payloads));
    }

    [Fact]
    public void The_format_tells_codec_and_size_from_the_first_keyframe_on()
    {
        var source = new TestEncoding(_room, _writer, width: 320, height: 180);
        source.WriteFrame(isKeyframe: true);

        Assert.Equal(Codec.Vp8, Video.Format!.Codec);
        Assert.Equal((320, 180), (Video.Format.Video!.Width, Video.Format.Video.Height));
        Assert.True(Video.Compatibility.IsCompatible);
    }

    [Fact]
    public void Nothing_passes_before_a_keyframe_and_the_publisher_is_asked_for_one()
    {
        var source = new TestEncoding(_room, _writer);
        source.WriteFrame();
        source.WriteFrame();

        Assert.True(Video.History.IsEmpty);
        Assert.Single(source.Requests);
    }

    [Fact]
    public void Empty_packets_are_swallowed_and_the_numbers_close_up()
    {
        var source = new TestEncoding(_room, _writer);
        source.WriteFrame(isKeyframe: true);
        Video.Subscribe(_sink);
        source.Write(source.Number++, []);
        source.Write(source.Number++, []);
        source.WriteFrame();

        Assert.Equal([1L], _sink.Places.Select(place => place.Number));
    }

    [Fact]
    public void The_track_knows_how_long_its_publishers_losses_take_to_come_again()
    {
        var source = new TestEncoding(_room, _writer);
        source.WriteFrame(isKeyframe: true);
        (long late, byte[] payload, long time) = (source.Number++, source.Payload(false), source.Timestamp);
        source.NextFrame();
        source.WriteFrame();
        Assert.Equal(0, Video.RepairTime);
        _room.Test.AdvanceMilliseconds(80);

        source.Write(late, payload, timestamp: time);

        Assert.Equal(160, Video.RepairTime / MonotonicClock.TicksPerMillisecond); // once, and the deviation that is assumed
    }

    [Fact]
    public void A_late_packet_takes_the_place_that_was_kept_for_it()
    {
        var source = new TestEncoding(_room, _writer);
        source.WriteFrame(isKeyframe: true);
        Video.Subscribe(_sink);
        (long late, byte[] payload, long time) = (source.Number++, source.Payload(false), source.Timestamp);
        source.NextFrame();
        source.Write(source.Number++, []);
        source.WriteFrame();
        source.Write(late, payload, timestamp: time);

        Assert.Equal([(2L, 6000L), (1L, 3000L)], _sink.Places);
        Assert.Equal(payload, _sink.Payloads[1]);
    }

    [Fact]
    public void What_comes_twice_passes_once()
    {
        var source = new TestEncoding(_room, _writer);
        source.WriteFrame(isKeyframe: true);
        Video.Subscribe(_sink);
        byte[] payload = source.Payload(false);
        source.Write(source.Number, payload);
        source.Write(source.Number, payload);

        Assert.Single(_sink.Places);
    }

    [Fact]
    public void A_publisher_that_returns_goes_on_in_numbers_time_and_pictures()
    {
        var first = new TestEncoding(_room, _writer);
        first.Play(30, keyframe: true);
        Video.Subscribe(_sink);
        _writer.Close(CloseReason.TimedOut);
        _room.Test.AdvanceMilliseconds(3000);
        PublicationWriter second = _room.PublishOrThrow();
        var returned = new TestEncoding(_room, second, firstNumber: 7, firstTimestamp: 99) { PictureId = 20_000, Tl0 = 3 };
        returned.WriteFrame();                    // not before a keyframe
        returned.WriteFrame(isKeyframe: true);
        returned.WriteFrame();

        Assert.Same(_writer.Publication, second.Publication);
        Assert.Equal([30L, 31L], _sink.Places.Select(place => place.Number));
        Assert.Equal(4 * 90_000, _sink.Places[0].Timestamp, 100.0);
        Assert.Equal(3000, _sink.Places[1].Timestamp - _sink.Places[0].Timestamp);
        Assert.Equal([1030, 1031], _sink.Payloads.Select(PictureIdOf));
        Assert.Equal([80, 81], _sink.Payloads.Select(payload => (int)payload[4]));
    }

    [Fact]
    public void A_publisher_that_returns_with_another_codec_ends_the_track()
    {
        new TestEncoding(_room, _writer).WriteFrame(isKeyframe: true);
        Video.Subscribe(_sink);
        _writer.Close(CloseReason.Left);
        PublicationWriter second = _room.PublishOrThrow();
        var other = new TestEncoding(_room, second, format: new TrackFormat { Codec = Codec.Vp9, ClockRate = 90_000 });
        other.Write(1, [0x88, 0x01, 1, 2, 3]);

        Assert.Equal(CloseReason.FormatChanged, _sink.Closed);
        Assert.Equal(Codec.Vp9, Video.Format!.Codec);
    }

    [Fact]
    public void Of_several_encodings_the_largest_passes_from_its_keyframe_on()
    {
        var small = new TestEncoding(_room, _writer, "l", 160, 90);
        var large = new TestEncoding(_room, _writer, "h", 640, 360, firstNumber: 9, firstTimestamp: 5);
        small.WriteFrame(isKeyframe: true);
        Video.Subscribe(_sink);
        small.WriteFrame();
        large.WriteFrame(isKeyframe: true);
        small.WriteFrame(isKeyframe: true);
        large.WriteFrame();

        Assert.Same(large.Encoding, Video.Current);
        Assert.Equal([1L, 2L, 3L], _sink.Places.Select(place => place.Number));
        Assert.True(_sink.Places.Zip(_sink.Places.Skip(1)).All(pair => pair.Second.Timestamp > pair.First.Timestamp));
        Assert.Equal([0, 1, 1], _sink.Encodings);
        Assert.Equal(640, Video.Format!.Video!.Width);
    }

    [Fact]
    public void Where_the_largest_encoding_stops_the_next_one_is_asked_and_takes_over()
    {
        var small = new TestEncoding(_room, _writer, "l", 160, 90);
        var large = new TestEncoding(_room, _writer, "h", 640, 360);
        large.WriteFrame(isKeyframe: true);
        small.Play(120, keyframe: true);

        Assert.NotEmpty(small.Requests);
        small.WriteFrame(isKeyframe: true);

        Assert.Same(small.Encoding, Video.Current);
    }

    [Fact]
    public void A_publisher_is_asked_at_once_and_then_at_most_each_half_second()
    {
        var source = new TestEncoding(_room, _writer);
        source.WriteFrame(isKeyframe: true);
        long start = _room.Test.Now;
        for (int i = 0; i < 39; i++)
        {
            Video.RequestKeyframe();
            _room.Test.AdvanceMilliseconds(25);
        }

        Assert.Equal([0L, 500], source.Requests.Select(time => (time - start) / MonotonicClock.TicksPerMillisecond));
    }

    [Fact]
    public void A_keyframe_settles_what_was_asked()
    {
        var source = new TestEncoding(_room, _writer);
        source.WriteFrame(isKeyframe: true);
        Video.RequestKeyframe();
        source.WriteFrame(isKeyframe: true);
        _room.Test.AdvanceMilliseconds(5000);

        Assert.Single(source.Requests);
    }

    [Fact]
    public void What_was_asked_in_vain_is_asked_again_for_a_while()
    {
        var source = new TestEncoding(_room, _writer);
        source.WriteFrame(isKeyframe: true);
        Video.RequestKeyframe();
        _room.Test.AdvanceMilliseconds(10_000);

        Assert.Equal(5, source.Requests.Count);
    }

    [Fact]
    public void Packets_of_a_publisher_that_was_replaced_are_refused()
    {
        var source = new TestEncoding(_room, _writer);
        source.WriteFrame(isKeyframe: true);
        _room.PublishOrThrow();

        Assert.False(source.Write(source.Number, source.Payload(false)));
    }

    [Fact]
    public void Sound_passes_from_its_first_packet_on()
    {
        var sound = new TestEncoding(_room, _writer, format: TestRoom.AudioFormat);
        sound.WriteFrame();
        var audio = (PublishedPacketTrack)_writer.Publication.Audio!;
        audio.Subscribe(_sink);
        sound.WriteFrame();

        Assert.Equal((1L, 960L), Assert.Single(_sink.Places));
        Assert.Equal("audio", audio.Id);
    }

    [Fact]
    public void All_buffers_come_back_at_the_end()
    {
        var source = new TestEncoding(_room, _writer);
        source.Play(60, keyframe: true);
        _room.Registry.Kick("demo", "main");
        _room.Test.Run();

        Assert.Equal(0, _room.Pool.Leased);
    }

    [Fact]
    public void Passing_a_packet_on_allocates_nothing()
    {
        var source = new TestEncoding(_room, _writer);
        source.WriteFrame(isKeyframe: true);
        Video.Subscribe(new NoSink());
        byte[] payload = source.Payload(false);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 6000; i++)
            {
                source.Write(source.Number++, payload);
                source.Timestamp += 90;
                source.Delay += MonotonicClock.TicksPerMillisecond;
            }
        });
    }

    private static int PictureIdOf(byte[] payload) => ((payload[2] & 0x7f) << 8) | payload[3];

    private sealed class NoSink : IPacketSink
    {
        public void OnPackets(ReadOnlySpan<RtpPacket> packets)
        {
        }

        public void OnClosed(CloseReason reason)
        {
        }
    }
}

/// <summary>Remembers packets with their payload.</summary>
internal sealed class PayloadSink : IPacketSink
{
    public List<(long Number, long Timestamp)> Places { get; } = [];

    public List<byte[]> Payloads { get; } = [];

    public List<int> Encodings { get; } = [];

    public CloseReason? Closed { get; private set; }

    public void OnPackets(ReadOnlySpan<RtpPacket> packets)
    {
        foreach (ref readonly RtpPacket packet in packets)
        {
            Places.Add((packet.SequenceNumber, packet.Timestamp));
            Payloads.Add(packet.Slice.ToArray());
            Encodings.Add(packet.Encoding);
        }
    }

    public void OnClosed(CloseReason reason) => Closed = reason;
}
