using Media.Scheduling;

namespace Egress.WebRtc;

/// <summary>
/// What one viewer may have sent again: a share of what it was sent, and no packet twice within a round trip, so that a
/// receiver that asks in vain cannot multiply the traffic.
/// </summary>
internal sealed class RetransmissionBudget
{
    /// <summary>A whole lost burst can be repaired: a group of two seconds at 4 Mbit/s.</summary>
    private const int Capacity = 1 << 20;
    private const int Slots = 1024;
    private const int ShareDivisor = 2;
    private const long MinInterval = 10 * MonotonicClock.TicksPerMillisecond;
    private const long MaxInterval = 200 * MonotonicClock.TicksPerMillisecond;

    private Entry[] _recent = []; // until something is lost, most viewers never need it
    private long _bytes = Capacity;
    private long _interval = MinInterval;

    /// <summary>Requests that were not served.</summary>
    public long Refused { get; private set; }

    /// <summary>Media that went out for the first time.</summary>
    public void OnSent(int bytes) => _bytes = Math.Min(Capacity, _bytes + (bytes / ShareDivisor));

    /// <summary>A little less than a round trip: who asks again after one of its own must not just miss it.</summary>
    public void OnRoundTrip(long ticks) => _interval = Math.Clamp(ticks * 3 / 4, MinInterval, MaxInterval);

    public bool TryTake(long sequenceNumber, int bytes, long now)
    {
        if (_recent.Length == 0) _recent = new Entry[Slots];
        ref Entry entry = ref _recent[sequenceNumber % Slots];
        bool tooSoon = entry.Number == sequenceNumber + 1 && now - entry.Time < _interval;
        if (tooSoon || _bytes < bytes)
        {
            Refused++;
            return false;
        }

        entry = new Entry(sequenceNumber + 1, now);
        _bytes -= bytes;
        return true;
    }

    /// <summary>For another copy of what was just taken.</summary>
    public bool TryTakeSecond(int bytes)
    {
        if (_bytes < bytes) return false;
        _bytes -= bytes;
        return true;
    }

    /// <param name="Number">The sequence number plus one; 0 = empty.</param>
    private readonly record struct Entry(long Number, long Time);
}
