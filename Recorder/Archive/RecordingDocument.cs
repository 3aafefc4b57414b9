using System.Collections.Immutable;

namespace Recorder.Archive;

public enum RecordingState
{
    /// <summary>Being written.</summary>
    Recording,

    Finished,
}

/// <summary>A recording as <c>recording.json</c> in its folder tells it, and as the API shows it. Immutable.</summary>
/// <param name="Version">Of this format; a reader refuses what is newer than it knows.</param>
/// <param name="EndedAt">Absent while it is being written.</param>
/// <param name="Note">What a person should know, such as that it was repaired after a crash.</param>
public sealed record RecordingDocument(
    int Version,
    string Id,
    string Room,
    RecordingState State,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    string? Note,
    ImmutableArray<RecordedPublication> Publications)
{
    public const int CurrentVersion = 1;

    /// <summary>Of all its media.</summary>
    public long Bytes => Publications.Sum(publication => publication.Segments.Sum(segment => segment.Bytes));

    /// <summary>From its start to the end of the last media, in seconds.</summary>
    public double Duration
    {
        get
        {
            DateTimeOffset end = StartedAt;
            foreach (RecordedSegment segment in Publications.SelectMany(publication => publication.Segments))
                if (segment.EndsAt > end) end = segment.EndsAt;
            return Math.Round((end - StartedAt).TotalSeconds, 3);
        }
    }

    public RecordedPublication? Publication(string name) => Publications.FirstOrDefault(publication => publication.Name == name);

    public RecordedSegment? Segment(string file) =>
        Publications.SelectMany(publication => publication.Segments).FirstOrDefault(segment => segment.File == file);

    /// <summary>The same with one publication changed, or added behind the others.</summary>
    public RecordingDocument With(RecordedPublication publication)
    {
        int index = Publications.IndexOf(Publication(publication.Name)!);
        return this with { Publications = index < 0 ? Publications.Add(publication) : Publications.SetItem(index, publication) };
    }
}

/// <summary>One publication of a recording: its segments follow each other in time.</summary>
/// <param name="Entrance">How it came in, such as rtmp.</param>
/// <param name="DroppedFrames">That were lost because the disk was too slow or full.</param>
/// <param name="Notes">What is not recorded of it, and why.</param>
public sealed record RecordedPublication(
    string Name,
    string Entrance,
    ImmutableArray<RecordedSegment> Segments,
    ImmutableArray<RecordingGap> Gaps,
    long DroppedFrames,
    ImmutableArray<string> Notes)
{
    public RecordedPublication With(RecordedSegment segment)
    {
        int index = -1;
        for (int i = 0; i < Segments.Length; i++)
            if (Segments[i].File == segment.File) index = i;
        return this with { Segments = index < 0 ? Segments.Add(segment) : Segments.SetItem(index, segment) };
    }
}

/// <summary>One file of a publication, with all its tracks.</summary>
/// <param name="File">Its name in the recording's folder.</param>
/// <param name="Container">mp4 or webm.</param>
/// <param name="StartedAt">The wall clock at the file's time zero.</param>
/// <param name="Duration">In seconds.</param>
/// <param name="Finished">It has its index; false while it is written, and after a failure until it is repaired.</param>
/// <param name="Thumbnail">Name of a picture of it in the folder.</param>
public sealed record RecordedSegment(
    string File,
    string Container,
    DateTimeOffset StartedAt,
    double Duration,
    long Bytes,
    bool Finished,
    string? Thumbnail,
    ImmutableArray<RecordedTrack> Tracks)
{
    public DateTimeOffset EndsAt => StartedAt.AddSeconds(Duration);
}

/// <param name="Kind">video or audio.</param>
/// <param name="Start">Of its first frame in the file, in seconds.</param>
public sealed record RecordedTrack(
    string Kind, string Codec, int? Width, int? Height, int? SampleRate, int? Channels, long Frames, double Start);

/// <summary>A time in which a publication was not recorded.</summary>
/// <param name="Seconds">How long; 0 = it lasted to the end.</param>
/// <param name="Reason">away, no-media, slow-disk, disk-full or disk-failed.</param>
/// <param name="Detail">In plain words.</param>
public sealed record RecordingGap(DateTimeOffset At, double Seconds, string Reason, string? Detail = null);
