using Media;
using Media.Scheduling;
using Recorder.Archive;
using Recorder.Tape;
using Rooms;
using Rooms.Tracks;

namespace Recorder;

/// <summary>
/// One more taker of a publication: finds the tracks that can be recorded, follows them as they come, change and go, and
/// passes their frames to the recorder's thread. Publication's loop.
/// </summary>
internal sealed class PublicationRecorder
{
    private const long TickTime = MonotonicClock.TicksPerSecond / 2;

    /// <summary>So long after its start a simulcast publisher sends all its encodings at their sizes.</summary>
    private const long Settling = 4 * MonotonicClock.TicksPerSecond;

    private readonly Publication _publication;
    private readonly RecorderSetup _setup;
    private readonly LoopTimer _tick;
    private readonly RecordingThread? _thread;
    private readonly bool _fromStart;
    private RecordedFeed? _video;
    private RecordedFeed? _audio;
    private TrackShape? _videoShape;
    private string? _encodingId;
    private long _awaySince = long.MaxValue;
    private long _askedAt = long.MinValue / 2;
    private int _limitCuts;
    private bool _isStopped;

    public PublicationRecorder(Publication publication, RecorderSetup setup, RecordingJournal journal)
    {
        (_publication, _setup) = (publication, setup);
        _fromStart = publication.Video is null && publication.Audio is null;
        Tape = new PublicationTape(setup, journal, publication.Name, publication.Entrance, WallClock.Of(publication));
        _tick = publication.Loop.CreateTimer(OnTick);
        _tick.Set(publication.Loop.Now + TickTime);
        if (setup.HasThreads) _thread = new RecordingThread($"recording of {publication}", setup.Pace, Tape.Work, Tape.End);
    }

    public PublicationTape Tape { get; }

    /// <summary>Takes what the publication has now.</summary>
    public void Follow()
    {
        if (_isStopped) return;
        Tape.SetClock(WallClock.Of(_publication));
        _awaySince = _publication.State == PublicationState.Away ? Math.Min(_awaySince, _publication.Loop.Now) : long.MaxValue;
        Codec? videoCodec = _publication.Video?.Format?.Codec;
        Take(ref _video, FindVideo(videoCodec));
        Take(ref _audio, FindAudio(videoCodec));
        Tape.Expect(_video is not null, _audio is not null);
    }

    /// <summary>Records no more, and finishes the files. Any thread.</summary>
    public async Task StopAsync()
    {
        await _publication.Loop.InvokeAsync(Detach);
        if (_thread is null)
        {
            Tape.End();
        }
        else
        {
            _thread.Stop();
            await _thread.Ended;
        }

        Tape.Dispose();
    }

    private void Detach()
    {
        _isStopped = true;
        _tick.Cancel();
        _video?.Stop();
        _audio?.Stop();
        (_video, _audio) = (null, null);
    }

    private FrameTrack? FindVideo(Codec? codec)
    {
        _videoShape = codec is null ? null : new TrackShape(TrackForm.Frames, codec.Value, EncodingId: _encodingId);
        return _videoShape is { } shape ? Find(shape) : null;
    }

    private FrameTrack? FindAudio(Codec? video)
    {
        if (_publication.Audio?.Format is not { } audio) return null;
        return Find(new TrackShape(TrackForm.Frames, Container.Takes(video, audio.Codec) ? audio.Codec : Codec.Opus));
    }

    private FrameTrack? Find(TrackShape shape)
    {
        TrackView view = _publication.Views.Find(shape);
        if (view.Reason is { } reason) Tape.Note($"No {(shape.Codec.Kind() == MediaKind.Video ? "picture" : "sound")}: {reason}");
        return view.Track as FrameTrack;
    }

    private void Take(ref RecordedFeed? feed, FrameTrack? track)
    {
        if (feed?.Track == track) return;
        bool isFirst = feed is null;
        feed?.Stop();
        feed = track is null ? null : new RecordedFeed(track, Tape.Frames, OnClosed);
        if (feed is null) return;
        feed.Start(withGroup: _setup.Options.PreRoll || _fromStart || !isFirst);
        track!.RequestKeyframe();
    }

    private void OnClosed(RecordedFeed feed)
    {
        // What comes in its place is told before its first frame.
        if (feed == _video) _video = null;
        if (feed == _audio) _audio = null;
        Tape.Expect(_video is not null, _audio is not null);
    }

    private void OnTick(long now)
    {
        _tick.Set(now + TickTime);
        ChooseEncoding(now);
        Follow();
        if (now - _awaySince >= SegmentPlan.LongestSilence)
        {
            _awaySince = long.MaxValue - 1;
            Tape.Pause();
        }

        if (Tape.WantsKeyframe && _video is not null && now - _askedAt >= MonotonicClock.TicksPerSecond)
        {
            _askedAt = now;
            _video.Track.RequestKeyframe();
        }

        if (Tape.LimitCuts == _limitCuts || _videoShape is not { EncodingId: not null } chosen) return;
        _limitCuts = Tape.LimitCuts;
        _publication.Views.GoBack(chosen);
    }

    /// <summary>The largest one that is sent, for as long as the recording lasts.</summary>
    private void ChooseEncoding(long now)
    {
        if (_encodingId is not null || now - _publication.StartedAt < Settling) return;
        if (_publication.Snapshot.Track(MediaKind.Video) is not { Encodings: { Length: > 1 } encodings }) return;
        _encodingId = encodings.FirstOrDefault(encoding => encoding.IsLive)?.Id;
    }
}
