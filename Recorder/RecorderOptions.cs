namespace Recorder;

/// <summary>How recordings are written and how long they are kept. Immutable; validated by the host at start.</summary>
public sealed record RecorderOptions
{
    /// <summary>One folder in it for each recording.</summary>
    public required string Directory { get; init; }

    /// <summary>A segment ends at the first keyframe after so much time.</summary>
    public TimeSpan SegmentTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Or after so many bytes.</summary>
    public long SegmentBytes { get; init; } = 2L << 30;

    /// <summary>What came in is in the file after so much time, keyframe or not.</summary>
    public TimeSpan FragmentTime { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>And on the disk after so much.</summary>
    public TimeSpan SyncTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A recording that is started in the middle of a group begins with the group's keyframe.</summary>
    public bool PreRoll { get; init; } = true;

    /// <summary>Recordings are removed when they ended so long ago; zero = never.</summary>
    public TimeSpan MaxAge { get; init; }

    /// <summary>The oldest recordings are removed when all together are larger; 0 = never.</summary>
    public long MaxTotalBytes { get; init; }

    /// <summary>Recording stops where the disk has less room than this, and goes on when it has it again.</summary>
    public long MinFreeBytes { get; init; } = 64L << 20;

    /// <summary>Frames of one medium that may wait for a slow disk.</summary>
    public int QueueFrames { get; init; } = 4096;

    /// <summary>Bytes of one medium that may wait for a slow disk.</summary>
    public int QueueBytes { get; init; } = 32 << 20;
}
