using System.Collections.Immutable;
using Media;
using Recorder.Archive;

namespace Recorder.Tape;

/// <summary>What is told of one publication in the recording's document, and to the recorder's listener. Recorder's thread.</summary>
internal sealed class TapeJournal
{
    /// <summary>What is shorter is no gap but the distance of two frames.</summary>
    private const double ShortestGap = 0.5;

    private readonly RecorderSetup _setup;
    private readonly RecordingJournal _journal;
    private readonly string _publication;
    private readonly int _number; // of the publication, from 1
    private string _file = "";
    private string _container = "";
    private DateTimeOffset? _writtenUntil;
    private string? _gapReason;
    private string? _gapDetail;
    private bool _hasFailed;
    private bool _isBeginning;
    private int _lastNumber;
    private int _thumbnails;

    public TapeJournal(RecorderSetup setup, RecordingJournal journal, string publication, string entrance)
    {
        (_setup, _journal, _publication) = (setup, journal, publication);
        journal.Note(document => document.Publication(publication) is null
            ? document.With(new RecordedPublication(publication, entrance, [], [], 0, []))
            : document);
        ImmutableArray<RecordedPublication> all = journal.Document.Publications;
        _number = all.IndexOf(all.First(entry => entry.Name == publication)) + 1;
        if (Entry.Segments is [.., { } last]) (_writtenUntil, _gapReason) = (last.EndsAt, GapReason.Away);
    }

    /// <summary>Nothing was written of the publication yet.</summary>
    public bool IsNew => _writtenUntil is null && Entry.Segments.IsEmpty;

    private RecordedPublication Entry => _journal.Document.Publication(_publication)!;

    public void Note(string text) => _journal.Note(_publication, entry => entry.Notes.Contains(text) ? entry : entry with { Notes = entry.Notes.Add(text) });

    /// <summary>Writes a new segment down before its file is made, so that a crash in between leaves no file unknown.</summary>
    /// <returns>The file's path.</returns>
    public string Begin(ImmutableArray<TrackFormat> tracks, DateTimeOffset at)
    {
        _journal.Open();
        _container = Container.Of(tracks);
        _lastNumber = Math.Max(_lastNumber, Entry.Segments.Length) + 1;
        _file = RecordingFolder.SegmentName(_number, _lastNumber, _container);
        _thumbnails = 0;
        _isBeginning = true;
        var segment = new RecordedSegment(_file, _container, at, 0, 0, false, null, [.. tracks.Select(format => Describe(format, 0, 0))]);
        _journal.Save(_publication, entry => entry.With(segment));
        return _journal.Folder.PathOf(_file);
    }

    /// <summary>The segment's file is there.</summary>
    public void OnBegun(DateTimeOffset at)
    {
        _isBeginning = false;
        if (GapBefore(at) is { } gap) _journal.Save(_publication, entry => entry with { Gaps = entry.Gaps.Add(gap) });
        (_gapReason, _gapDetail) = (null, null);
        if (_hasFailed) _setup.Listener.OnResumed(_journal.Document, _publication);
        _hasFailed = false;
    }

    /// <summary>A keyframe is a picture of the segment: its first one, and one from a little later, when more is to be seen.</summary>
    public void OnKeyframe(SegmentWriter segment, in MediaFrame frame)
    {
        const long Later = 5 * TimeSpan.TicksPerSecond;
        if (_setup.Thumbnail is null || _thumbnails > 1 || (_thumbnails == 1 && frame.PresentationTicks() - segment.Zero < Later)) return;
        string name = Path.ChangeExtension(_file, "jpg");
        if (!_setup.Thumbnail(frame, _journal.Folder.PathOf(name))) return;
        _thumbnails++;
        _journal.Note(_publication, entry => entry.With(Segment(entry) with { Thumbnail = name }));
    }

    public void OnProgress(SegmentWriter segment, WallClock clock)
    {
        RecordedSegment state = Describe(segment, clock, isFinished: false);
        _journal.Note(_publication, entry => entry.With(state with { Thumbnail = Segment(entry).Thumbnail }));
    }

    public void OnFinished(SegmentWriter segment, WallClock clock)
    {
        RecordedSegment state = Describe(segment, clock, isFinished: true);
        _writtenUntil = state.EndsAt;
        _journal.Save(_publication, entry => entry.With(state with { Thumbnail = Segment(entry).Thumbnail }));
    }

    /// <summary>What is not written from now on, is not for this reason.</summary>
    public void OnAway() => _gapReason ??= GapReason.Away;

    public void OnDropped(long frames, long total)
    {
        _gapReason ??= GapReason.SlowDisk;
        _journal.Save(_publication, entry => entry with { DroppedFrames = total });
        _setup.Listener.OnDropped(_journal.Document, _publication, frames);
    }

    /// <summary>Frames are missing within a file.</summary>
    public void OnHole(DateTimeOffset at, TimeSpan length)
    {
        _journal.Save(_publication, entry => entry with { Gaps = entry.Gaps.Add(new RecordingGap(at, Math.Round(length.TotalSeconds, 3), GapReason.SlowDisk)) });
        if (_gapReason == GapReason.SlowDisk) _gapReason = null;
    }

    public void OnFailed(SegmentWriter? segment, WallClock? clock, Exception fault)
    {
        _gapReason = GapReason.Of(fault);
        _gapDetail = fault.Message;
        if (_isBeginning) _journal.Save(_publication, entry => entry with { Segments = entry.Segments.RemoveAll(other => other.File == _file) });
        _isBeginning = false;
        if (segment is not null)
        {
            RecordedSegment state = Describe(segment, clock!, isFinished: false);
            _writtenUntil = state.EndsAt;
            _journal.Save(_publication, entry => entry.With(state with { Thumbnail = Segment(entry).Thumbnail }));
        }

        _writtenUntil ??= _setup.Clock.UtcNow;
        if (!_hasFailed) _setup.Listener.OnFailed(_journal.Document, _publication, fault.Message);
        _hasFailed = true;
    }

    /// <summary>The publication is over, or is not recorded any more.</summary>
    public void End()
    {
        if (_hasFailed) _journal.Save(_publication, entry => entry with { Gaps = entry.Gaps.Add(new RecordingGap(_writtenUntil!.Value, 0, _gapReason!, _gapDetail)) });
    }

    private RecordedSegment Segment(RecordedPublication entry) => entry.Segments.Last(segment => segment.File == _file);

    private RecordingGap? GapBefore(DateTimeOffset at)
    {
        if (_writtenUntil is not { } until || (at - until).TotalSeconds is not (> ShortestGap and var seconds)) return null;
        return new RecordingGap(until, Math.Round(seconds, 3), _gapReason ?? GapReason.NoMedia, _gapDetail);
    }

    private RecordedSegment Describe(SegmentWriter segment, WallClock clock, bool isFinished) => new(
        _file, _container, clock.At(segment.Zero), Math.Round(segment.Duration.TotalSeconds, 3), segment.Bytes, isFinished, null,
        [.. segment.Tracks.Select(track => Describe(track.Format, track.Frames, track.Frames == 0 ? 0 : TimeSpan.FromTicks(track.First - segment.Zero).TotalSeconds))]);

    private static RecordedTrack Describe(TrackFormat format, long frames, double start)
    {
        bool isVideo = format.Kind == MediaKind.Video;
        return new RecordedTrack(
            isVideo ? "video" : "audio", format.Codec.Name(), format.Video?.Width, format.Video?.Height,
            isVideo ? null : format.ClockRate, isVideo ? null : format.Channels, frames, Math.Round(start, 4));
    }
}

/// <summary>Why something is not recorded: stable names.</summary>
internal static class GapReason
{
    public const string Away = "away";
    public const string NoMedia = "no-media";
    public const string SlowDisk = "slow-disk";
    public const string DiskFull = "disk-full";
    public const string DiskFailed = "disk-failed";

    private const int NoSpace = 28;       // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static string Of(Exception fault) =>
        fault is DiskFullException or IOException { HResult: NoSpace or QuotaExceeded or WindowsDiskFull } ? DiskFull : DiskFailed;
}

/// <summary>The disk has room left, but not enough to begin something.</summary>
internal sealed class DiskFullException(string message) : IOException(message);
