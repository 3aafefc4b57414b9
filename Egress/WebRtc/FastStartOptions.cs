namespace Egress.WebRtc;

/// <summary>
/// How a viewer gets its first picture from a source that cannot be asked for a keyframe: the current group is sent
/// faster than real time, with timestamps far in the past until the viewer has caught up. The jump at the end makes
/// receivers drop the timing that they learned on the way, so they go on like one that joined at a keyframe.
/// </summary>
internal sealed record FastStartOptions
{
    public static readonly FastStartOptions Default = new();

    /// <summary>False = viewers wait for the next keyframe.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Seconds by which the burst's timestamps lie in the past; receivers reset above 10. 0 = no shift.</summary>
    public int ShiftSeconds { get; init; } = 20;

    /// <summary>Multiple of real time.</summary>
    public int Speed { get; init; } = 10;

    /// <summary>Multiple of real time once packets were lost; slower makes the fast forward too long.</summary>
    public int SpeedAfterLoss { get; init; } = 5;

    /// <summary>Longer bursts overflow receivers that get them faster than <see cref="MaxSpeedOfLongBurst"/>.</summary>
    public int LongBurstPackets { get; init; } = 1500;

    public int MaxSpeedOfLongBurst { get; init; } = 20;

    /// <summary>Packets that may leave in one go; more overflow queues on the way.</summary>
    public int MaxPacketsAtOnce { get; init; } = 150;

    /// <summary>A viewer that would need longer than this to decode the group gets a fresh keyframe instead.</summary>
    public TimeSpan MaxDecodeTime { get; init; } = TimeSpan.FromSeconds(2);
}
