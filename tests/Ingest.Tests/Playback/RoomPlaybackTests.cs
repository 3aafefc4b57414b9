using Ingest.Playback;
using Media;
using Rooms;

namespace Ingest.Tests.Playback;

public sealed class RoomPlaybackTests : IDisposable
{
    private readonly PlaybackFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private FakeMediaFile File(string name, double seconds) => _fixture.File(name, new FakeMediaFile(_fixture.Room.Pool, seconds));

    [Fact]
    public void Frames_come_at_the_pace_of_their_decode_times()
    {
        File("a", 10);
        RoomPlayback playback = _fixture.Play("a");
        PlaybackFixture.Sink sink = _fixture.Watch();
        double start = sink.Frames[0].At;
        _fixture.Advance(4);
        Assert.Equal(101, sink.Frames.Count);
        Assert.All(sink.Frames, frame => Assert.Equal(frame.Decode, frame.At - start, 3));
        Assert.Equal(4, playback.Describe().Position.TotalSeconds, 2);
        Assert.Equal(10, playback.Describe().Duration.TotalSeconds, 2);
        Assert.Equal(PlaybackState.Playing, playback.Describe().State);
    }

    [Fact]
    public void Sound_and_picture_keep_their_distance_exactly()
    {
        _fixture.File("a", new FakeMediaFile(_fixture.Room.Pool, 10) { Reordering = 2, Priming = 1 });
        _fixture.Play("a", loop: true);
        _fixture.Advance(0.07); // until there is sound
        PlaybackFixture.Sink video = _fixture.Watch(), audio = _fixture.Watch(MediaKind.Audio);
        double pictureZero = video.Frames[0].Presentation;
        _fixture.Advance(25);
        // The file's zero is shown when it is heard, in each loop.
        foreach (double round in (double[])[0, 10, 20])
        {
            Assert.Contains(video.Frames, frame => Math.Abs(frame.Presentation - pictureZero - round) < 1e-4);
            Assert.Contains(audio.Frames, frame => Math.Abs(frame.Decode - pictureZero - round) < 1e-4);
        }
    }

    [Fact]
    public void A_loop_goes_on_without_a_step()
    {
        _fixture.File("a", new FakeMediaFile(_fixture.Room.Pool, 3) { Reordering = 2, Priming = 1 });
        RoomPlayback playback = _fixture.Play("a", loop: true);
        _fixture.Advance(0.07);
        PlaybackFixture.Sink video = _fixture.Watch(), audio = _fixture.Watch(MediaKind.Audio);
        _fixture.Advance(10);
        Assert.InRange(video.Steps.Min, 0.0399, 0.0401);
        Assert.InRange(video.Steps.Max, 0.0399, 0.0401);
        Assert.InRange(audio.Steps.Min, 0.0199, 0.0201);
        Assert.InRange(audio.Steps.Max, 0.0199, 0.0201);
        Assert.InRange(playback.Describe().Position.TotalSeconds, 0.8, 1.1);
    }

    [Fact]
    public void The_end_of_the_file_is_the_end_of_the_publication()
    {
        File("a", 2);
        RoomPlayback playback = _fixture.Play("a");
        PlaybackFixture.Sink sink = _fixture.Watch();
        _fixture.Advance(1.9);
        Assert.Null(sink.Closed);
        _fixture.Advance(0.2);
        Assert.Equal(CloseReason.Finished, sink.Closed);
        Assert.Equal(50, sink.Frames.Count);
        Assert.Equal((PlaybackState.Finished, "all was played"), (playback.Describe().State, playback.Describe().Reason));
        Assert.Null(_fixture.Room.Registry.Find("demo"));
        Assert.Contains(_fixture.Events, e => e.Type == RoomEvent.PlaybackEnded && e.Subject == "p0");
    }

    [Fact]
    public void A_pause_stops_everything_and_what_follows_has_the_time_of_the_clock()
    {
        File("a", 10);
        RoomPlayback playback = _fixture.Play("a");
        PlaybackFixture.Sink sink = _fixture.Watch();
        double start = sink.Frames[0].At;
        _fixture.Advance(2);
        playback.Pause();
        int paused = sink.Frames.Count;
        _fixture.Advance(60);
        Assert.Equal(paused, sink.Frames.Count);
        Assert.Equal(PlaybackState.Paused, playback.Describe().State);
        playback.Resume();
        _fixture.Advance(2);
        Assert.Equal(paused + 50, sink.Frames.Count);
        Assert.All(sink.Frames, frame => Assert.Equal(frame.Decode, frame.At - start, 2));
        Assert.Equal(4, playback.Describe().Position.TotalSeconds, 1);
    }

    [Fact]
    public void Seeking_goes_to_the_keyframe_before_and_times_go_on()
    {
        _fixture.File("a", new FakeMediaFile(_fixture.Room.Pool, 20) { Reordering = 2 });
        RoomPlayback playback = _fixture.Play("a");
        _fixture.Advance(0.09);
        PlaybackFixture.Sink video = _fixture.Watch(), audio = _fixture.Watch(MediaKind.Audio);
        foreach (double position in (double[])[12.6, 3.2, 16.9, 0])
        {
            _fixture.Advance(1.5);
            int before = video.Frames.Count;
            playback.Seek(TimeSpan.FromSeconds(position));
            _fixture.Advance(0.3);
            Assert.True(video.Frames[before].IsKeyframe);
            Assert.InRange(playback.Describe().Position.TotalSeconds, Math.Floor(position), Math.Floor(position) + 0.4);
        }

        Assert.InRange(video.Steps.Min, 0.039, 1);
        Assert.InRange(video.Steps.Max, 0.039, 0.2);
        Assert.InRange(audio.Steps.Min, 0.019, 1);
        Assert.InRange(audio.Steps.Max, 0.019, 0.2);
    }

    [Fact]
    public void Seeking_in_a_pause_shows_when_it_is_resumed()
    {
        File("a", 20);
        RoomPlayback playback = _fixture.Play("a");
        PlaybackFixture.Sink sink = _fixture.Watch();
        _fixture.Advance(1);
        playback.Pause();
        int before = sink.Frames.Count;
        playback.Seek(TimeSpan.FromSeconds(10));
        _fixture.Advance(5);
        Assert.Equal(before, sink.Frames.Count);
        playback.Resume();
        _fixture.Advance(1);
        Assert.True(sink.Frames[before].IsKeyframe);
        Assert.Equal(11, playback.Describe().Position.TotalSeconds, 1);
    }

    [Fact]
    public void It_starts_where_it_is_asked_to()
    {
        File("a", 20);
        RoomPlayback playback = _fixture.Play("a", start: 7.5);
        Assert.Equal(7, playback.Describe().Position.TotalSeconds, 1);
    }

    [Fact]
    public void A_slow_disk_makes_everything_wait_and_loses_nothing()
    {
        File("a", 20);
        RoomPlayback playback = _fixture.Play("a");
        PlaybackFixture.Sink video = _fixture.Watch(), audio = _fixture.Watch(MediaKind.Audio);
        _fixture.Advance(1);
        _fixture.DiskStalls = true;
        _fixture.Advance(10);
        int shown = video.Frames.Count;
        Assert.InRange(shown, 50, 100);
        _fixture.DiskStalls = false;
        playback.Start();
        _fixture.Advance(2);
        Assert.Equal(1, playback.Describe().Stalls);
        Assert.InRange(video.Frames.Count, shown + 50, shown + 52);
        Assert.InRange(audio.Frames.Count, 2 * (shown + 50) - 3, 2 * (shown + 52));
    }

    [Fact]
    public void A_broken_file_ends_its_playback_with_the_reason_and_is_not_looped()
    {
        _fixture.File("a", new FakeMediaFile(_fixture.Room.Pool, 20) { BrokenAt = 3 });
        File("b", 20);
        RoomPlayback broken = _fixture.Play("a", loop: true);
        RoomPlayback whole = _fixture.Play(false, 0, new PlaybackPart("other", [PlaybackFixture.Item("b")]));
        PlaybackFixture.Sink sink = _fixture.Watch(), other = _fixture.Watch(name: "other");
        _fixture.Advance(5);
        Assert.Equal(75, sink.Frames.Count);
        Assert.Equal(CloseReason.SourceFailed, sink.Closed);
        Assert.Equal((PlaybackState.Failed, "a: the file ends in the middle"), (broken.Describe().State, broken.Describe().Reason));
        Assert.Equal(PlaybackState.Playing, whole.Describe().State);
        Assert.InRange(other.Frames.Count, 125, 127);
    }

    [Fact]
    public async Task What_is_no_media_file_publishes_nothing()
    {
        RoomPlayback playback = _fixture.Play("nothing");
        PlaybackStart start = await playback.Started;
        Assert.Equal("nothing: this is no media file", start.Failure);
        Assert.Null(_fixture.Room.Registry.Find("demo"));
    }

    [Fact]
    public async Task A_name_of_somebody_else_is_refused()
    {
        File("a", 5);
        _fixture.Room.Publish(name: "main");
        RoomPlayback playback = _fixture.Play("a");
        PlaybackStart start = await playback.Started;
        Assert.Equal((Rooms.Publishing.PublishRefusal.NameTaken, "main"), (start.Refusal, start.Publication));
    }

    [Fact]
    public void Another_playback_of_the_same_party_takes_the_place_over()
    {
        File("a", 20);
        File("b", 20);
        RoomPlayback first = _fixture.Play("a");
        PlaybackFixture.Sink sink = _fixture.Watch();
        _fixture.Advance(1);
        RoomPlayback second = _fixture.Play("b");
        _fixture.Advance(1);
        Assert.Equal((PlaybackState.Stopped, "another playback took its place"), (first.Describe().State, first.Describe().Reason));
        Assert.Equal(PlaybackState.Playing, second.Describe().State);
        Assert.Null(sink.Closed);
        Assert.InRange(sink.Frames.Count, 50, 53);
    }

    [Fact]
    public void A_kick_ends_the_playback()
    {
        File("a", 20);
        RoomPlayback playback = _fixture.Play("a");
        _fixture.Room.Registry.Kick("demo", "main");
        _fixture.Room.Test.Run();
        Assert.Equal(PlaybackState.Stopped, playback.Describe().State);
    }

    [Fact]
    public void A_jump_of_the_files_clock_is_left_out()
    {
        _fixture.File("a", new FakeMediaFile(_fixture.Room.Pool, 4) { Jump = 100_000 });
        RoomPlayback playback = _fixture.Play("a");
        PlaybackFixture.Sink sink = _fixture.Watch();
        _fixture.Advance(5);
        Assert.Equal(100, sink.Frames.Count);
        Assert.InRange(sink.Steps.Max, 0.03, 0.1);
        Assert.Equal(PlaybackState.Finished, playback.Describe().State);
    }

    [Fact]
    public void What_is_not_played_is_noted()
    {
        File("a", 4);
        Assert.Equal("a: dts is not played: nobody here knows it", Assert.Single(_fixture.Play("a").Describe().Notes));
    }

    [Fact]
    public void Sound_alone_is_played()
    {
        _fixture.File("a", new FakeMediaFile(_fixture.Room.Pool, 4) { HasVideo = false });
        _fixture.Play("a");
        PlaybackFixture.Sink sink = _fixture.Watch(MediaKind.Audio);
        _fixture.Advance(2);
        Assert.InRange(sink.Frames.Count, 99, 102);
        Assert.Null(_fixture.Room.Registry.Find("demo", "main")!.Video);
    }
}
