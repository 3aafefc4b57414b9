using Media.Scheduling;

namespace Rooms;

/// <summary>
/// The one clock of a publication: alone maps media time (ticks of 100 ns since the publication's start) to monotonic
/// time and wall clock, for all its tracks, so that they can't drift apart. Fed on the home loop; sessions on other loops
/// may ask for a time, and settle it.
/// </summary>
/// <remarks>
/// A frame can arrive late but never early, so the mapping follows the earliest arrivals of each window. It moves by at
/// most 5 ms a second: what hangs on it (sender reports, a returning publisher's place) must not jump. While nothing does
/// yet, it goes back at once to the frame that came with the least delay: encoders start with a backlog of up to a second.
/// </remarks>
public sealed class Timeline(MonotonicClock clock)
{
    private const long Unknown = long.MaxValue;
    private const long Window = 2 * MonotonicClock.TicksPerSecond;
    private const long MaxSlewPerWindow = 10 * MonotonicClock.TicksPerMillisecond;

    /// <summary>How long an encoder's starting backlog may last.</summary>
    private const long Settling = 3 * MonotonicClock.TicksPerSecond;

    private long _offset = Unknown; // monotonic time of media time zero; other loops read it
    private long _windowEnd;
    private long _smallestError;
    private long _settledAt = Unknown; // no jumps from then on

    /// <summary>False until the first frame came in.</summary>
    public bool IsAnchored => Volatile.Read(ref _offset) != Unknown;

    /// <summary>Media time of something of <paramref name="clockRate"/> ticks per second, in ticks of 100 ns.</summary>
    public static long ToTicks(long time, int clockRate) =>
        (long)((Int128)time * MonotonicClock.TicksPerSecond / clockRate);

    public static long FromTicks(long ticks, int clockRate) =>
        (long)((Int128)ticks * clockRate / MonotonicClock.TicksPerSecond);

    public long MonotonicAt(long mediaTime) => IsAnchored ? mediaTime + Volatile.Read(ref _offset) : mediaTime;

    /// <summary>What a source that runs on time would be sending at <paramref name="now"/>.</summary>
    public long MediaTimeAt(long now)
    {
        long offset = Volatile.Read(ref _offset);
        return offset == Unknown ? 0 : now - offset;
    }

    public DateTimeOffset WallClockAt(long monotonic) => clock.UtcNow.AddTicks(monotonic - clock.Now);

    /// <summary>Somebody has been told of the mapping: from now on it does not jump.</summary>
    public void Settle() => Volatile.Write(ref _settledAt, long.MinValue);

    /// <summary>A source begins again, and nobody there knows the mapping.</summary>
    public void Unsettle() => Volatile.Write(ref _settledAt, Unknown);

    /// <summary>Takes note that media of <paramref name="mediaTime"/> arrived at <paramref name="arrival"/>.</summary>
    public void Observe(long mediaTime, long arrival)
    {
        if (!IsAnchored)
        {
            Volatile.Write(ref _offset, arrival - mediaTime);
            StartWindow(arrival);
        }

        if (Volatile.Read(ref _settledAt) == Unknown) Interlocked.CompareExchange(ref _settledAt, arrival + Settling, Unknown);
        long error = arrival - mediaTime - _offset;
        if (error < 0 && arrival < Volatile.Read(ref _settledAt))
        {
            Volatile.Write(ref _offset, _offset + error);
            StartWindow(arrival);
            return;
        }

        _smallestError = Math.Min(_smallestError, error);
        if (arrival < _windowEnd) return;
        Volatile.Write(ref _offset, _offset + Math.Clamp(_smallestError, -MaxSlewPerWindow, MaxSlewPerWindow));
        StartWindow(arrival);
    }

    private void StartWindow(long now)
    {
        _windowEnd = now + Window;
        _smallestError = long.MaxValue;
    }
}
