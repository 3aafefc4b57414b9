namespace Media.Containers;

/// <summary>
/// Where the zero of a file lies on the publication's timeline: an instant that falls on a tick of every track's clock, so
/// that the distance between tracks stays exact.
/// </summary>
internal sealed class FileZero
{
    private readonly long[] _unit;
    private readonly long _unitsPerSecond;
    private long? _units;

    public FileZero(IEnumerable<TrackFormat> tracks)
    {
        int[] rates = [.. tracks.Select(track => track.ClockRate)];
        _unitsPerSecond = rates.Aggregate(0L, (divisor, rate) => GreatestDivisor(rate, divisor));
        _unit = [.. rates.Select(rate => rate / _unitsPerSecond)];
    }

    public bool IsKnown => _units is not null;

    /// <summary>Puts it at the earliest decode time of the first fragment, and earlier by a reserve where a track is still missing.</summary>
    public void Set(PendingFragment fragment, TimeSpan reserve)
    {
        long first = long.MaxValue;
        foreach (PendingFrame pending in fragment.Frames)
            first = Math.Min(first, MediaTime.Rescale(pending.Frame.DecodeTime, _unit[pending.Track], 1));
        bool isComplete = Enumerable.Range(0, _unit.Length).All(track => fragment.CountOf(track) > 0);
        _units = first - (isComplete ? 0 : MediaTime.Rescale(reserve.Ticks, MediaTime.TicksPerSecond, _unitsPerSecond));
    }

    /// <summary>A time of the publication's timeline as one of the file; below zero where it lies before.</summary>
    public long Place(int track, long time) => time - ((_units ?? 0) * _unit[track]);

    private static long GreatestDivisor(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
