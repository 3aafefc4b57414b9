using Media.Scheduling;

namespace Media.Rtp;

/// <summary>How much a <see cref="PacketHistory"/> keeps; times in ticks of 100 ns.</summary>
public sealed record PacketHistoryOptions
{
    /// <summary>Kept for retransmission whatever the groups do, as far as the upper bounds allow.</summary>
    public int MinPackets { get; init; } = 4096;

    /// <summary>Kept for retransmission even beyond <see cref="MinPackets"/>.</summary>
    public long MinAge { get; init; } = 2 * MonotonicClock.TicksPerSecond;

    /// <summary>A group that began longer ago serves no joining viewer any more.</summary>
    public long MaxAge { get; init; } = 12 * MonotonicClock.TicksPerSecond;

    /// <summary>Payload bytes that the history may hold on to.</summary>
    public long MaxBytes { get; init; } = 32 << 20;

    /// <summary>Half of the 16-bit numbers: above it a NACK would not be clear about which packet it means.</summary>
    public int MaxPackets { get; init; } = 32_768;
}
