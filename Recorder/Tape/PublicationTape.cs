using Media;
using Media.Buffers;
using Recorder.Archive;

namespace Recorder.Tape;

/// <summary>
/// Writes one publication to its files, on the recorder's thread: <see cref="Work"/> takes what came since the last time.
/// A disk that fails ends the segment and nothing else: it is tried again when there is room.
/// </summary>
internal sealed class PublicationTape : IDisposable
{
    private const long RetryTime = TimeSpan.TicksPerSecond;

    private readonly RecorderSetup _setup;
    private readonly TapeJournal _journal;
    private readonly SegmentPlan _plan;
    private readonly SegmentStart _start;
    private SegmentWriter? _segment;
    private bool _needsKeyframe = true;
    private bool _hasFailed;
    private long _failedAt;
    private long _dropped;
    private long _newestPicture;
    private bool _hasHole;
    private bool _isEnding;
    private int _expected;
    private int _limitCuts;
    private bool _pauseWanted;
    private WallClock _clock;

    public PublicationTape(RecorderSetup setup, RecordingJournal journal, string publication, string entrance, WallClock clock)
    {
        _clock = clock;
        _setup = setup;
        _journal = new TapeJournal(setup, journal, publication, entrance);
        _plan = new SegmentPlan(setup.Options);
        _start = new SegmentStart();
        Frames = new FrameMerge(setup.Options.QueueFrames, setup.Options.QueueBytes);
    }

    /// <summary>The way in.</summary>
    public FrameMerge Frames { get; }

    /// <summary>Nothing can be written before the next keyframe. Any thread.</summary>
    public bool WantsKeyframe => Volatile.Read(ref _needsKeyframe) || _plan.WantsKeyframe;

    /// <summary>Segments that ended because they were long enough. Any thread.</summary>
    public int LimitCuts => Volatile.Read(ref _limitCuts);

    /// <summary>What the publication has now: a segment waits a little for a medium that is expected. Any thread.</summary>
    public void Expect(bool video, bool audio) => Volatile.Write(ref _expected, (video ? 1 << (int)MediaKind.Video : 0) | (audio ? 1 << (int)MediaKind.Audio : 0));

    /// <summary>Where the publication's time stands. Any thread.</summary>
    public void SetClock(WallClock clock) => Volatile.Write(ref _clock, clock);

    /// <summary>What is not recorded, and why. Any thread.</summary>
    public void Note(string text) => _journal.Note(text);

    /// <summary>Takes what came, and writes what is due.</summary>
    public void Work()
    {
        long now = _setup.Clock.Now;
        if (_hasFailed && !TryResume(now)) return;
        try
        {
            while (Frames.TryRead(out MediaFrame frame))
            {
                using PooledBuffer buffer = frame.Buffer;
                Take(frame, now);
            }

            if (IsReadyToBegin(now)) Begin(now);
            if (Interlocked.Exchange(ref _pauseWanted, false)) Rest(now);
            if (_segment?.IsDue(now, _setup.Pace.Ticks) == true) CutFragment(now);
            CountDrops();
        }
#pragma warning disable CA1031 // whatever it is, it is told and tried again; live goes on
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e, now);
        }
    }

    /// <summary>The publisher is away: what there is becomes a finished file. Any thread.</summary>
    public void Pause() => Volatile.Write(ref _pauseWanted, true);

    /// <summary>Writes what is left, and finishes the file.</summary>
    public void End()
    {
        _isEnding = true;
        Frames.Complete();
        Work();
        long now = _setup.Clock.Now;
        try
        {
            if (!_hasFailed && _start.IsHolding) Begin(now);
            if (!_hasFailed) Finish(now);
        }
#pragma warning disable CA1031 // whatever it is, it is told and tried again; live goes on
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e, now);
        }

        _journal.End();
    }

    public void Dispose()
    {
        _segment?.Dispose();
        _start.Dispose();
        Frames.Dispose();
    }

    private void Take(in MediaFrame frame, long now)
    {
        if (!Container.IsComplete(frame.Format)) return;
        bool isVideo = frame.Format.Kind == MediaKind.Video;
        if (isVideo && _needsKeyframe)
        {
            if (!frame.IsKeyframe) return;
            Volatile.Write(ref _needsKeyframe, false);
        }

        if (_segment is null || _start.IsHolding)
        {
            // Sound from before the keyframe that the new segment begins with belongs to the old one.
            if (_segment is not null && !isVideo && frame.PresentationTicks() < _start.At && _plan.Decide(_segment, frame) == SegmentStep.Write) Write(frame, now);
            else _start.Hold(frame, now);
            if (IsReadyToBegin(now)) Begin(now);
            return;
        }

        switch (_plan.Decide(_segment, frame))
        {
            case SegmentStep.Write:
                Write(frame, now);
                break;
            case SegmentStep.Cut:
                _start.Hold(frame, now);
                break;
            default:
                if (isVideo) Volatile.Write(ref _needsKeyframe, true);
                break;
        }
    }

    private bool IsReadyToBegin(long now) =>
        _start.IsReady(Volatile.Read(ref _expected), now, isFirst: _journal.IsNew, isBetween: _segment is not null);

    private void Write(in MediaFrame frame, long now)
    {
        if (frame.Format.Kind == MediaKind.Video && frame.IsKeyframe) NoteKeyframe(frame);
        if (frame.Format.Kind == MediaKind.Video) _newestPicture = Math.Max(_newestPicture, frame.PresentationTicks());
        _segment!.Add(frame, now);
        // A burst (a group from the cache, or after a stall) is no reason for a large fragment.
        if (_segment.PendingBytes > SegmentWriter.LargestFragment) CutFragment(now);
    }

    private void CutFragment(long now)
    {
        long before = _segment!.Bytes;
        _segment.Cut(now);
        _setup.Listener.OnWritten(_segment.Bytes - before);
        _journal.OnProgress(_segment, Volatile.Read(ref _clock));
    }

    private void Begin(long now)
    {
        if (_plan.Reason == CutReason.Limit) Interlocked.Increment(ref _limitCuts);
        Finish(now);
        if (_setup.Disk.FreeBytes(_setup.Options.Directory) < _setup.Options.MinFreeBytes)
            throw new DiskFullException($"less than {_setup.Options.MinFreeBytes >> 20} MB are left on the disk");
        var tracks = _start.Formats;
        DateTimeOffset at = Volatile.Read(ref _clock).At(_start.Zero);
        string path = _journal.Begin(tracks, at);
        _segment = SegmentWriter.Create(_setup, path, tracks, at, now);
        _journal.OnBegun(at);
        _plan.Begin();
        List<MediaFrame> held = _start.TakeAll();
        int taken = 0;
        try
        {
            while (taken < held.Count) Take(held[taken++], now);
        }
        finally
        {
            foreach (MediaFrame frame in held) frame.Release();
        }
    }

    private void Finish(long now)
    {
        if (_segment is not { } segment) return;
        long before = segment.Bytes;
        segment.Finish(now);
        _setup.Listener.OnWritten(segment.Bytes - before);
        _segment = null;
        segment.Dispose();
        _journal.OnFinished(segment, Volatile.Read(ref _clock));
    }

    /// <summary>Until the publisher comes back.</summary>
    private void Rest(long now)
    {
        if (_start.IsHolding) Begin(now);
        Finish(now);
        _journal.OnAway();
        Volatile.Write(ref _needsKeyframe, true);
    }

    private void CountDrops()
    {
        long dropped = Frames.Dropped;
        if (dropped == _dropped) return;
        _journal.OnDropped(dropped - _dropped, dropped);
        _dropped = dropped;
        _hasHole = true;
    }

    /// <summary>Where frames were dropped, the next keyframe shows for how long.</summary>
    private void NoteKeyframe(in MediaFrame frame)
    {
        _journal.OnKeyframe(_segment!, frame);
        if (!_hasHole) return;
        _hasHole = false;
        if (_segment!.Newest == long.MinValue) return; // it is the gap before this segment
        long until = frame.PresentationTicks();
        _journal.OnHole(Volatile.Read(ref _clock).At(_newestPicture), TimeSpan.FromTicks(Math.Max(0, until - _newestPicture)));
    }

    private void Fail(Exception fault, long now)
    {
        _hasFailed = true;
        _failedAt = now;
        _segment?.Abandon();
        _segment?.Dispose();
        _journal.OnFailed(_segment, Volatile.Read(ref _clock), fault);
        _segment = null;
        _start.Clear();
        Volatile.Write(ref _needsKeyframe, true);
    }

    /// <summary>While there is no room, what comes is let go.</summary>
    private bool TryResume(long now)
    {
        Frames.Clear();
        if (now - _failedAt < RetryTime || _isEnding) return false;
        _failedAt = now;
        if (_setup.Disk.FreeBytes(_setup.Options.Directory) < _setup.Options.MinFreeBytes) return false;
        _hasFailed = false;
        return true;
    }
}
