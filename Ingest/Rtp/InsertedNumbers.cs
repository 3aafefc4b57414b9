namespace Ingest.Rtp;

/// <summary>
/// Numbers for packets of which some become two: what follows moves up. Late packets get the number that they would have
/// had in time.
/// </summary>
internal sealed class InsertedNumbers
{
    private const int Remembered = 256;

    private readonly (long Number, int Count)[] _inserted = new (long, int)[Remembered]; // ascending
    private long _count;
    private long _total;

    /// <summary>So many packets more stand in the place of that one, which is behind all before.</summary>
    public void Insert(long number, int count)
    {
        _inserted[_count++ % Remembered] = (number, count);
        _total += count;
    }

    /// <summary>The first number of a packet's place, and how many more belong to it.</summary>
    public long Map(long number, out int more)
    {
        more = 0;
        long shift = _total;
        for (long i = _count - 1; i >= Math.Max(0, _count - Remembered); i--)
        {
            (long at, int count) = _inserted[i % Remembered];
            if (at < number) break;
            if (at == number) more = count;
            shift -= count;
        }

        return number + shift;
    }
}
