using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>
/// Maps the timestamps of one encoding to the publication's timeline: by the arrival of its first packet, and nearer and
/// nearer to what the publisher's sender reports say. A frame's packets all get the same time, also those that come late.
/// </summary>
internal sealed class PacketClock(int clockRate)
{
    /// <summary>Sound and picture so near to each other are in sync for everybody.</summary>
    private const long Tolerance = 40 * MonotonicClock.TicksPerMillisecond;

    /// <summary>5 ms per second: players follow it without a sign.</summary>
    private const long SlewDivisor = 200;

    /// <summary>More is no offset between two media but a broken clock.</summary>
    private const long LargestStep = 10 * MonotonicClock.TicksPerSecond;

    /// <summary>Frames whose offset is remembered while it changes.</summary>
    private const int Remembered = 64;

    private readonly (long Timestamp, long Offset)[] _frames = new (long, long)[Remembered];
    private long _count;
    private long _offset;
    private long _newest;
    private long _newestArrival;
    private long _slewLeft; // ticks of 100 ns

    public bool HasBegun => _count > 0;

    /// <summary>The encoding's newest timestamp.</summary>
    public long Newest => _newest;

    /// <summary>The packet with that timestamp is at <paramref name="mediaTime"/>; both in ticks of the clock rate.</summary>
    public void Begin(long timestamp, long mediaTime, long arrival)
    {
        _offset = mediaTime - timestamp;
        _newest = timestamp;
        _newestArrival = arrival;
        _slewLeft = 0;
        _count = 0;
        Remember(timestamp);
    }

    /// <summary>The place on the publication's timeline, in ticks of the clock rate.</summary>
    public long Map(long timestamp, long arrival)
    {
        if (timestamp <= _newest) return timestamp + OffsetOf(timestamp);
        if (_slewLeft != 0) Slew(timestamp, arrival);
        _newest = timestamp;
        _newestArrival = arrival;
        Remember(timestamp);
        return timestamp + _offset;
    }

    /// <summary>Media time in ticks of 100 ns of a timestamp near the newest one.</summary>
    public long TicksAt(long timestamp) => Timeline.ToTicks(timestamp + _offset, clockRate);

    /// <summary>It is off by so much, in ticks of 100 ns, as its publisher says.</summary>
    public void Correct(long step)
    {
        long size = Math.Abs(step);
        if (size > LargestStep || (_slewLeft == 0 && size <= Tolerance)) return;
        _slewLeft = step;
    }

    // Only between frames, and never so much that times would go back.
    private void Slew(long timestamp, long arrival)
    {
        long most = Math.Min(
            Math.Max(0, arrival - _newestArrival) / SlewDivisor, Timeline.ToTicks(timestamp - _newest, clockRate) / 2);
        long step = Math.Clamp(_slewLeft, -most, most);
        long ticks = Timeline.FromTicks(step, clockRate);
        _offset += ticks;
        _slewLeft -= ticks == 0 ? 0 : Timeline.ToTicks(ticks, clockRate);
        if (Math.Abs(_slewLeft) < MonotonicClock.TicksPerMillisecond) _slewLeft = 0;
    }

    private void Remember(long timestamp) => _frames[_count++ % Remembered] = (timestamp, _offset);

    private long OffsetOf(long timestamp)
    {
        for (long i = _count - 1; i >= Math.Max(0, _count - Remembered); i--)
        {
            (long begin, long offset) = _frames[i % Remembered];
            if (begin <= timestamp) return offset;
        }

        return _offset;
    }
}
