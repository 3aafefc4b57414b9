using Media.Scheduling;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;

namespace Rooms.Tests.Tracks;

public class PublisherClockTests
{
    private const long Millisecond = MonotonicClock.TicksPerMillisecond;

    private readonly TestRoom _room = new();
    private readonly TestEncoding _sound;
    private readonly TestEncoding _picture;
    private readonly List<double> _lags = []; // of the picture behind the sound, in ms, at one instant of the publisher's

    public PublisherClockTests()
    {
        PublicationWriter writer = _room.PublishOrThrow();
        _sound = new TestEncoding(_room, writer, format: TestRoom.AudioFormat);
        _picture = new TestEncoding(_room, writer);
    }

    [Fact]
    public void Before_the_first_report_media_lie_as_they_arrived()
    {
        Play(1, lag: 100);

        Assert.Equal(100, _lags[^1], 1.0);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(-40)]
    public void A_step_of_40_ms_is_ignored(int lag)
    {
        Play(10, lag, reports: true);

        Assert.Equal(lag, _lags[^1], 1.0);
    }

    [Theory]
    [InlineData(45)]
    [InlineData(-45)]
    public void A_step_just_above_that_is_followed_to_its_end(int lag)
    {
        Play(12, lag, reports: true);

        Assert.Equal(0, _lags[^1], 3.0);
    }

    [Fact]
    public void Sound_passes_from_its_first_packet_on_and_is_never_bent_whatever_the_reports_say()
    {
        _sound.WriteFrame();
        var sink = new PayloadSink();
        ((PacketTrack)_room.Registry.Find("demo", null)!.Audio!).Subscribe(sink);
        long before = _sound.Number;
        Play(2, lag: 300);
        Play(10, lag: 300, reports: true);

        Assert.Equal(_sound.Number - before, sink.Places.Count);
        Assert.All(sink.Places.Zip(sink.Places.Skip(1)), pair => Assert.Equal(960, pair.Second.Timestamp - pair.First.Timestamp));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-100)]
    public void A_larger_step_goes_at_5_ms_a_second(int lag)
    {
        Play(11, lag, reports: true);
        Assert.Equal(Math.Abs(lag) - 50, Math.Abs(_lags[^1]), 6.0);

        Play(20, lag, reports: true);
        Assert.Equal(0, _lags[^1], 3.0);
    }

    [Fact]
    public void Times_never_go_back_while_they_move()
    {
        Play(1, lag: 400);
        var sink = new PayloadSink();
        ((PacketTrack)_room.Registry.Find("demo", null)!.Video!).Subscribe(sink);
        Play(30, lag: 400, reports: true);

        Assert.All(sink.Places.Zip(sink.Places.Skip(1)), pair => Assert.InRange(pair.Second.Timestamp - pair.First.Timestamp, 2900, 3100));
    }

    [Fact]
    public void All_packets_of_a_frame_have_one_time_also_late_ones()
    {
        Play(3, lag: 200, reports: true);
        var sink = new PayloadSink();
        ((PacketTrack)_room.Registry.Find("demo", null)!.Video!).Subscribe(sink);
        (long number, long time) = (_picture.Number, _picture.Timestamp);
        _picture.Number++;
        _picture.Write(_picture.Number++, _picture.Payload(false, isFirst: false));
        _picture.NextFrame();
        Play(1, lag: 200, reports: true);
        _picture.Write(number, _picture.Payload(false), marker: false, timestamp: time);

        Assert.Equal(sink.Places[0].Timestamp, sink.Places[^1].Timestamp);
    }

    [Fact]
    public void A_report_of_nonsense_changes_nothing()
    {
        Play(1, lag: 0);
        Report(1_000_000);
        Play(5, lag: 0);

        Assert.Equal(0, _lags[^1], 1.0);
    }

    /// <summary>Seconds in which pictures arrive that much later than the sound of the same instant.</summary>
    private void Play(int seconds, int lag, bool reports = false)
    {
        for (int i = 0; i < seconds; i++)
        {
            // The publisher's own clocks: sound of now, and the picture that was taken a lag ago.
            for (int step = 0; step < 150; step++)
            {
                if (step % 3 == 0) _sound.WriteFrame();
                if (step % 5 == 0) _picture.WriteFrame(isKeyframe: i == 0 && step == 0 && _lags.Count == 0);
                _room.Test.Advance(TimeSpan.FromTicks(MonotonicClock.TicksPerSecond / 150));
            }

            if (reports) Report(lag);
            Measure(lag);
        }
    }

    private void Report(int lag)
    {
        long now = _room.Test.Now;
        _sound.Encoding.OnSenderReport(now, (uint)_sound.Timestamp);
        _picture.Encoding.OnSenderReport(now - (lag * Millisecond), (uint)_picture.Timestamp);
    }

    private void Measure(int lag)
    {
        long sound = _sound.Encoding.Clock.TicksAt(_sound.Timestamp);
        long picture = _picture.Encoding.Clock.TicksAt(_picture.Timestamp);
        _lags.Add(((picture - sound) / (double)Millisecond) + lag);
    }
}
