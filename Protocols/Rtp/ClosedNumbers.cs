namespace Protocols.Rtp;

/// <summary>
/// Closes up the numbers of packets that nobody is handed, such as padding, so that those who get the others see no holes.
/// Only the newest number can be closed; packets that come late get the number that they would have had in time.
/// </summary>
internal sealed class ClosedNumbers
{
    private const int Remembered = 256;

    private readonly long[] _closed = new long[Remembered]; // ascending, the newest at (_count - 1) % Remembered
    private long _count;

    public void Close(long newest) => _closed[_count++ % Remembered] = newest;

    public void Clear() => _count = 0;

    /// <summary>False: closed itself, or so old that the count at its time is forgotten.</summary>
    public bool TryMap(long number, out long mapped)
    {
        long later = 0;
        while (later < _count && later < Remembered)
        {
            long closed = _closed[(_count - 1 - later) % Remembered];
            mapped = 0;
            if (closed == number) return false;
            if (closed < number) break;
            later++;
        }

        mapped = number - (_count - later);
        return later < Remembered;
    }
}
