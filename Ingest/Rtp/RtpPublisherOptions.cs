using Media.Scheduling;
using Protocols.Rtp;

namespace Ingest.Rtp;

/// <summary>Times of a sender of plain RTP, in ticks of 100 ns.</summary>
public sealed record RtpPublisherOptions
{
    /// <summary>A publisher whose first packet does not come by then has given up.</summary>
    public long FirstPacketTimeout { get; init; } = 60 * MonotonicClock.TicksPerSecond;

    /// <summary>A source that is silent for so long is gone: the next one may be another.</summary>
    public long SilenceTimeout { get; init; } = 5 * MonotonicClock.TicksPerSecond;

    /// <summary>
    /// The address is the source's proof, so another SSRC from it is an encoder that began anew: it need not wait for as
    /// long as one of several browsers' sources has to.
    /// </summary>
    public ReceiverOptions Receiver { get; init; } = new() { SourceTimeout = 300 * MonotonicClock.TicksPerMillisecond, OnlyOfferedFeedback = true };
}
