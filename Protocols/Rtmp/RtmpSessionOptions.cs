using Media.Buffers;
using Media.Scheduling;

namespace Protocols.Rtmp;

/// <summary>The limits of an <see cref="RtmpSession"/>; times in monotonic ticks.</summary>
public sealed record RtmpSessionOptions
{
    /// <summary>The app that encoders must name.</summary>
    public string App { get; init; } = "live";

    /// <summary>Where messages are put together.</summary>
    public BufferPool Pool { get; init; } = BufferPool.Shared;

    /// <summary>A longer message ends the session.</summary>
    public int MaxMessageLength { get; init; } = 8 << 20;

    /// <summary>The chunk size of what we send.</summary>
    public int ChunkSize { get; init; } = 4096;

    /// <summary>How many bytes are received between two acknowledgements, unless the peer wants another number.</summary>
    public uint Window { get; init; } = 2_500_000;

    /// <summary>A peer that was silent for so long is pinged.</summary>
    public long PingAfter { get; init; } = 4 * MonotonicClock.TicksPerSecond;

    /// <summary>A peer that was silent for so long, the ping unanswered, is gone.</summary>
    public long SilenceLimit { get; init; } = 9 * MonotonicClock.TicksPerSecond;

    /// <summary>A connection that publishes nothing for so long is closed.</summary>
    public long PublishWithin { get; init; } = 20 * MonotonicClock.TicksPerSecond;
}
