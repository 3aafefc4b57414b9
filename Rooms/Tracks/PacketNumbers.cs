namespace Rooms.Tracks;

/// <summary>
/// Maps the sequence numbers of one encoding to those of its track. Packets without a payload are swallowed, and the
/// numbers close up behind them; packets may come late.
/// </summary>
internal sealed class PacketNumbers
{
    /// <summary>Swallowed numbers that are remembered: what is older than all of them is too late.</summary>
    private const int Capacity = 64;

    private readonly long[] _swallowed = new long[Capacity]; // ascending
    private long _count;
    private long _start;
    private long _newest;
    private long _offset;

    /// <summary>The encoding's packet <paramref name="source"/> is the track's <paramref name="number"/>.</summary>
    public void Begin(long source, long number)
    {
        _start = source;
        _newest = source - 1;
        _offset = number - source;
        _count = 0;
    }

    /// <summary>False: from before the encoding's turn, or later than anyone waits.</summary>
    public bool TryMap(long source, out long number)
    {
        number = 0;
        if (source < _start) return false;
        long before = _count;
        while (before > 0 && _swallowed[(before - 1) % Capacity] > source)
        {
            before--;
            if (_count - before == Capacity) return false;
        }

        _newest = Math.Max(_newest, source);
        number = source + _offset - before;
        return true;
    }

    /// <summary>False: later numbers were given out already, so this one must not be missing.</summary>
    public bool TrySwallow(long source)
    {
        if (source <= _newest) return false;
        _swallowed[_count++ % Capacity] = source;
        _newest = source;
        return true;
    }
}
