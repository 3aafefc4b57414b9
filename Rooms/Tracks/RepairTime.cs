using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>
/// How long it takes until packets that a publisher's line lost have come again, smoothed as a retransmission timeout is
/// (RFC 6298 §2). Viewers must wait for as long, although nothing is lost on their own lines.
/// </summary>
internal sealed class RepairTime
{
    /// <summary>A line that lost nothing for so long is a good one again.</summary>
    private const long Memory = 30 * MonotonicClock.TicksPerSecond;
    private const long Longest = 500 * MonotonicClock.TicksPerMillisecond;

    private long _mean;
    private long _deviation;
    private long _latest = long.MinValue / 2;

    /// <summary>A packet came in a place that was kept for it.</summary>
    /// <param name="lateness">Since the packets behind it came.</param>
    public void OnLate(long lateness, long now)
    {
        if (now - _latest > Memory)
        {
            _mean = lateness;
            _deviation = lateness / 2;
        }
        else
        {
            _deviation += (Math.Abs(lateness - _mean) - _deviation) / 4;
            _mean += (lateness - _mean) / 8;
        }

        _latest = now;
    }

    /// <summary>In ticks of 100 ns; 0 = nothing was repaired of late.</summary>
    public long At(long now) => now - _latest > Memory ? 0 : Math.Min(Longest, _mean + (2 * _deviation));
}
