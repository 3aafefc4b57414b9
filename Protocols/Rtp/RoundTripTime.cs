using Media.Scheduling;

namespace Protocols.Rtp;

/// <summary>
/// How long the way to a sender and back takes. A sender's answers to our reference times are exact (RFC 3611 §4.5); where
/// it gives none, the time until a packet that was asked for once comes again.
/// </summary>
internal sealed class RoundTripTime
{
    private const long Max = 10 * MonotonicClock.TicksPerSecond;
    private const long ExactFor = 10 * MonotonicClock.TicksPerSecond;
    private const int UnitsPerSecond = 1 << 16;

    private long _exactAt = long.MinValue / 2;

    /// <summary>Ticks of 100 ns; 0 = not known.</summary>
    public long Value { get; private set; }

    /// <summary>
    /// Our time as a sender echoes it. Nobody else reads it, so it is the loop's own clock in NTP's form and no wall clock.
    /// </summary>
    public static ulong ReferenceTime(long now)
    {
        (long seconds, long rest) = Math.DivRem(now, MonotonicClock.TicksPerSecond);
        return ((ulong)seconds << 32) | (((ulong)rest << 32) / MonotonicClock.TicksPerSecond);
    }

    /// <param name="last">The middle 32 bits of the reference time that the sender answers.</param>
    /// <param name="delay">How long it held it, in 1/65536 s.</param>
    public void OnAnswer(uint last, uint delay, long now)
    {
        if (last == 0) return;
        int units = (int)((uint)(ReferenceTime(now) >> 16) - last - delay);
        long value = units * MonotonicClock.TicksPerSecond / UnitsPerSecond;
        if (value is < 0 or > Max) return;
        Smooth(Math.Max(1, value), isFirst: now - _exactAt > ExactFor);
        _exactAt = now;
    }

    public void OnRetransmission(long roundTrip, long now)
    {
        if (roundTrip is < 0 or > Max || now - _exactAt <= ExactFor) return;
        Smooth(Math.Max(1, roundTrip), isFirst: Value == 0);
    }

    private void Smooth(long sample, bool isFirst) => Value = isFirst ? sample : Value + ((sample - Value) / 4);
}
