namespace Protocols.Srtp;

/// <summary>Which of the last packet indices were seen (RFC 3711 §3.3.2).</summary>
/// <param name="size">How many of them; a multiple of 64.</param>
internal sealed class ReplayWindow(int size = ReplayWindow.DefaultSize)
{
    private const int DefaultSize = 1024; // two seconds of a 5 Mbit/s stream may come out of order

    private readonly ulong[] _seen = new ulong[size / 64]; // bit index % size

    /// <summary>The highest index seen, -1 before the first.</summary>
    public long Highest { get; private set; } = -1;

    /// <summary>True if the index is neither known nor too old to be judged.</summary>
    public bool IsFresh(long index)
    {
        if (index > Highest) return true;
        if (index <= Highest - size) return false;
        return (_seen[Word(index)] & Bit(index)) == 0;
    }

    public void Add(long index)
    {
        if (index > Highest) MoveTo(index);
        _seen[Word(index)] |= Bit(index);
    }

    private void MoveTo(long index)
    {
        if (index - Highest >= size)
            Array.Clear(_seen);
        else
            for (long i = Highest + 1; i <= index; i++) _seen[Word(i)] &= ~Bit(i);
        Highest = index;
    }

    private int Word(long index) => (int)(index % size) >> 6;

    private static ulong Bit(long index) => 1UL << (int)(index & 63);
}
