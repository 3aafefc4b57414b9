using Media.Scheduling;

namespace Protocols.Rtp;

/// <summary>Limits of receiving from one publisher; times in ticks of 100 ns.</summary>
public sealed record ReceiverOptions
{
    public NackOptions Nack { get; init; } = new();

    /// <summary>Sources that are known at a time: four encodings with their retransmissions and sound are nine.</summary>
    public int MaxSources { get; init; } = 32;

    /// <summary>After so much silence another source may take an encoding without naming it.</summary>
    public long SourceTimeout { get; init; } = 2 * MonotonicClock.TicksPerSecond;

    /// <summary>How long a source is remembered that is no longer in use.</summary>
    public long SourceMemory { get; init; } = 10 * MonotonicClock.TicksPerSecond;

    /// <summary>Shortest time between two keyframe requests for one encoding, however many viewers need one.</summary>
    public long MinKeyframeInterval { get; init; } = 500 * MonotonicClock.TicksPerMillisecond;

    /// <summary>Keyframes are asked for only where the section's description says how (RFC 4585 §4.2).</summary>
    public bool OnlyOfferedFeedback { get; init; }

    public long ReportInterval { get; init; } = MonotonicClock.TicksPerSecond;

    /// <summary>Bits per second that a publisher without transport feedback is told it may send (REMB).</summary>
    public long MaxBitrate { get; init; } = 20_000_000;
}
