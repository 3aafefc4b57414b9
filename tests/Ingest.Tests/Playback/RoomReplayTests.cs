using Ingest.Playback;
using Media;
using TestKit;

namespace Ingest.Tests.Playback;

/// <summary>All publications of a recording come back as they were.</summary>
public sealed class RoomReplayTests : IDisposable
{
    private readonly PlaybackFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private FakeMediaFile File(string name, double seconds) => _fixture.File(name, new FakeMediaFile(_fixture.Room.Pool, seconds));

    [Fact]
    public void Publications_keep_the_distance_of_their_wall_clocks()
    {
        File("a", 20);
        File("b", 20);
        _fixture.Play(false, 0, new PlaybackPart("anna", [PlaybackFixture.Item("a")]), new PlaybackPart("ben", [PlaybackFixture.Item("b", start: 2.345)]));
        PlaybackFixture.Sink anna = _fixture.Watch(name: "anna");
        _fixture.Advance(5);
        PlaybackFixture.Sink ben = _fixture.Watch(name: "ben");
        _fixture.Advance(5);
        double zero = anna.Frames[0].At;
        var first = ben.Frames.First(frame => frame.At > ben.Frames[0].At);
        // A picture of ben's is due 2.345 s and whole picture times after anna's first.
        double phase = (first.At - zero - 2.345) / 0.04;
        Assert.Equal(Math.Round(phase), phase, 2);
        Assert.InRange(ben.Steps.Max, 0.0399, 0.0401);
    }

    [Fact]
    public void Segments_follow_each_other_and_gaps_are_kept()
    {
        File("a", 4);
        File("b", 4);
        RoomPlayback playback = _fixture.Play(false, 0, new PlaybackPart("main", [PlaybackFixture.Item("a"), PlaybackFixture.Item("b", start: 4), PlaybackFixture.Item("a", start: 18)]));
        PlaybackFixture.Sink sink = _fixture.Watch();
        _fixture.Advance(7.9);
        Assert.InRange(sink.Steps.Max, 0.0399, 0.0401);
        Assert.Equal(198, sink.Frames.Count);
        _fixture.Advance(10);
        Assert.Equal(200, sink.Frames.Count);
        _fixture.Advance(2);
        Assert.InRange(sink.Frames.Count, 245, 252);
        Assert.InRange(playback.Describe().Position.TotalSeconds, 19.8, 20);
    }

    [Fact]
    public void A_change_of_format_between_segments_is_followed()
    {
        File("a", 2);
        TrackFormat other = TestRoom.VideoFormat with { Video = new VideoProperties(1280, 720, 30, Profile: 66), Version = 1 };
        _fixture.File("b", new FakeMediaFile(_fixture.Room.Pool, 2) { VideoFormat = other });
        _fixture.Play(false, 0, new PlaybackPart("main", [PlaybackFixture.Item("a"), PlaybackFixture.Item("b", start: 2)]));
        _fixture.Advance(3);
        Assert.Equal(1280, _fixture.Room.Registry.Find("demo", "main")!.Video!.Format!.Video!.Width);
    }

    [Fact]
    public void Seeking_moves_all_publications_and_they_stay_in_sync()
    {
        File("a", 20);
        File("b", 20);
        RoomPlayback playback = _fixture.Play(
            false, 0, new PlaybackPart("anna", [PlaybackFixture.Item("a")]), new PlaybackPart("ben", [PlaybackFixture.Item("b", start: 0.5)]));
        _fixture.Advance(1);
        PlaybackFixture.Sink anna = _fixture.Watch(name: "anna"), ben = _fixture.Watch(name: "ben");
        (int a, int b) = (anna.Frames.Count, ben.Frames.Count);
        playback.Seek(TimeSpan.FromSeconds(10.2));
        _fixture.Advance(1);
        // anna from 10.0, ben from 9.5: he begins half a second before her
        Assert.Equal(0.5, anna.Frames[a].At - ben.Frames[b].At, 2);
        Assert.True(anna.Frames[a].IsKeyframe && ben.Frames[b].IsKeyframe);
    }

    [Fact]
    public void Seeking_into_a_gap_waits_for_what_comes_after()
    {
        File("a", 4);
        RoomPlayback playback = _fixture.Play(false, 0, new PlaybackPart("main", [PlaybackFixture.Item("a"), PlaybackFixture.Item("a", start: 10)]));
        PlaybackFixture.Sink sink = _fixture.Watch();
        playback.Seek(TimeSpan.FromSeconds(8));
        int before = sink.Frames.Count;
        _fixture.Advance(1.9);
        Assert.Equal(before, sink.Frames.Count);
        _fixture.Advance(1);
        Assert.InRange(sink.Frames.Count, before + 20, before + 26);
    }

    [Fact]
    public void A_broken_segment_is_passed_over_and_told()
    {
        File("a", 4);
        File("c", 4);
        RoomPlayback playback = _fixture.Play(
            true, 0, new PlaybackPart("main", [PlaybackFixture.Item("a"), PlaybackFixture.Item("missing", start: 4), PlaybackFixture.Item("c", start: 8)]));
        PlaybackFixture.Sink sink = _fixture.Watch();
        _fixture.Advance(13);
        Assert.Equal(200, sink.Frames.Count);
        Assert.Equal((PlaybackState.Failed, "missing: this is no media file"), (playback.Describe().State, playback.Describe().Reason));
    }
}
