using Media.Scheduling;

namespace Protocols.Rtp;

/// <summary>
/// Which packets are missing and when to ask for them again (RFC 4585 §6.2.1): soon after the hole shows, then once per
/// round trip, until they are too old to be of use. Bounded: a hole larger than the list is given up at once.
/// </summary>
internal sealed class NackGenerator(NackOptions options)
{
    private const long DefaultRoundTrip = 100 * MonotonicClock.TicksPerMillisecond;

    private readonly Entry[] _missing = new Entry[options.MaxPackets]; // ascending by number
    private int _count;

    public int Count => _count;

    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>Numbers that were asked for, repetitions included.</summary>
    public long Requested { get; private set; }

    public long GivenUp { get; private set; }

    /// <summary>Numbers from <paramref name="first"/> to before <paramref name="end"/> did not come.</summary>
    /// <returns>False: too many to ask for; all are given up.</returns>
    public bool OnGap(long first, long end, long now)
    {
        if (end - first > options.MaxPackets - _count)
        {
            GiveUp(_count + (end - first));
            Clear();
            return false;
        }

        for (long number = first; number < end; number++)
            _missing[_count++] = new Entry { Number = number, Since = now, NextAt = now + options.FirstDelay };
        NextDeadline = Math.Min(NextDeadline, now + options.FirstDelay);
        return true;
    }

    /// <summary>So many are missing and are not asked for.</summary>
    public void GiveUp(long count) => GivenUp += count;

    /// <summary>A number came late.</summary>
    /// <param name="roundTrip">How long the answer to a single request took; -1 = not known.</param>
    public void OnArrival(long number, long now, out long roundTrip)
    {
        roundTrip = -1;
        int index = Find(number);
        if (index < 0) return;
        // Of several requests nobody knows which one was answered.
        if (_missing[index].Tries == 1) roundTrip = now - _missing[index].AskedAt;
        Array.Copy(_missing, index + 1, _missing, index, --_count - index);
        if (_count == 0) NextDeadline = long.MaxValue;
    }

    /// <summary>Writes the numbers that are due, lowest first, and forgets those that it is no use to wait for.</summary>
    /// <param name="roundTrip">0 = not known.</param>
    /// <param name="newestGivenUp">-1 = none was given up.</param>
    public int Collect(long now, long roundTrip, Span<ushort> due, out long newestGivenUp)
    {
        newestGivenUp = -1;
        int kept = 0, asked = 0;
        long wait = RetryAfter(roundTrip), next = long.MaxValue;
        for (int i = 0; i < _count; i++)
        {
            Entry entry = _missing[i];
            if (entry.NextAt <= now)
            {
                if (entry.Tries >= options.MaxTries || now - entry.Since >= options.MaxAge)
                {
                    newestGivenUp = entry.Number;
                    GivenUp++;
                    continue;
                }

                if (asked < due.Length)
                {
                    due[asked++] = (ushort)entry.Number;
                    entry.Tries++;
                    entry.AskedAt = now;
                    entry.NextAt = now + wait;
                }
            }

            next = Math.Min(next, entry.NextAt);
            _missing[kept++] = entry;
        }

        _count = kept;
        NextDeadline = next;
        Requested += asked;
        return asked;
    }

    public void Clear()
    {
        _count = 0;
        NextDeadline = long.MaxValue;
    }

    // A little more than a round trip: the answer waits in queues too.
    private long RetryAfter(long roundTrip)
    {
        if (roundTrip <= 0) roundTrip = DefaultRoundTrip;
        return Math.Max(options.MinRetry, roundTrip + Math.Max(roundTrip / 4, options.MinRetry / 2));
    }

    private int Find(long number)
    {
        int low = 0, high = _count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            long found = _missing[middle].Number;
            if (found == number) return middle;
            if (found < number) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }

    private struct Entry
    {
        public long Number;
        public long Since;
        public long AskedAt;
        public long NextAt;
        public int Tries;
    }
}

/// <summary>How long missing packets are asked for; times in ticks of 100 ns.</summary>
public sealed record NackOptions
{
    /// <summary>Packets of one source that may be missing at a time.</summary>
    public int MaxPackets { get; init; } = 500;

    /// <summary>How long a packet may be late before it is asked for.</summary>
    public long FirstDelay { get; init; } = 5 * MonotonicClock.TicksPerMillisecond;

    /// <summary>Shortest time between two requests for the same packet.</summary>
    public long MinRetry { get; init; } = 20 * MonotonicClock.TicksPerMillisecond;

    public int MaxTries { get; init; } = 10;

    public long MaxAge { get; init; } = MonotonicClock.TicksPerSecond;
}
