using System.Collections.Immutable;
using Media;
using Media.Containers;
using Media.Scheduling;
using Recorder.Files;
using Recorder.Tape;

namespace Recorder;

/// <summary>What every recording needs from the house it is made in.</summary>
/// <param name="Thumbnail">Takes a borrowed keyframe and the path of the picture to make of it; null = no pictures are made.</param>
public sealed record RecorderSetup(
    RecorderOptions Options, IRecordingDisk Disk, MonotonicClock Clock, IRecorderListener Listener, Func<MediaFrame, string, bool>? Thumbnail = null)
{
    /// <summary>How often frames are taken to the file: often enough for the fragments to be in time.</summary>
    public TimeSpan Pace => Options.FragmentTime / 4;

    /// <summary>Each publication has a thread; tests call <c>Work</c> themselves.</summary>
    internal bool HasThreads { get; init; } = true;

    internal Func<string, ImmutableArray<TrackFormat>, DateTimeOffset, IMediaFileWriter> CreateWriter { get; init; } = MediaFileWriters.Create;
}
