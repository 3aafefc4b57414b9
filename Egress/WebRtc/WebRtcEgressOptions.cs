namespace Egress.WebRtc;

/// <summary>What can be set for all viewers.</summary>
public sealed record WebRtcEgressOptions
{
    /// <summary>
    /// By how much the timestamps of a fast start lie in the past; receivers start their timing anew at a jump of more
    /// than ten seconds. Zero = the original timestamps.
    /// </summary>
    public TimeSpan FastStartShift { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The delay in milliseconds that receivers are asked to keep; null = they decide.</summary>
    public (int Min, int Max)? PlayoutDelay { get; init; }

    internal ViewerOptions ToViewerOptions() => new(
        FastStartOptions.Default with { ShiftSeconds = (int)FastStartShift.TotalSeconds },
        PlayoutDelay is { } delay ? new PlayoutDelay(delay.Min, delay.Max) : null);
}
