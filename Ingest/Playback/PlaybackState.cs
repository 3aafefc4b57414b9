using System.Collections.Immutable;

namespace Ingest.Playback;

public enum PlaybackState
{
    /// <summary>The files are being opened.</summary>
    Starting,
    Playing,
    Paused,

    /// <summary>All was played.</summary>
    Finished,

    /// <summary>Somebody ended it.</summary>
    Stopped,

    /// <summary>It could not be played, or not on.</summary>
    Failed,
}

/// <summary>A playback at one moment.</summary>
/// <param name="Position">Within the playback, from 0 in each loop.</param>
/// <param name="Reason">Why it ended; else null.</param>
/// <param name="Notes">What is not played, and why.</param>
/// <param name="Stalls">Times that frames came too late from the disk, and everything waited.</param>
public sealed record PlaybackSnapshot(
    PlaybackState State, TimeSpan Position, TimeSpan Duration, bool Loop, string? Reason, ImmutableArray<string> Notes, long Stalls)
{
    public bool IsOver => State is PlaybackState.Finished or PlaybackState.Stopped or PlaybackState.Failed;
}
