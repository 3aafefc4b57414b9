namespace Media.WebM;

/// <summary>
/// Decode times for a stream of which only presentation times are known, in decode order. With a reordering of n pictures, the
/// n-th smallest presentation time before is one that every picture is shown at or after.
/// </summary>
internal sealed class DecodeClock
{
    private readonly PriorityQueue<long, long> _shown = new();
    private long _last = long.MinValue;

    /// <param name="step">Length of a usual frame, for the start.</param>
    public long Next(long presentation, int reorder, long step)
    {
        _shown.Enqueue(presentation, presentation);
        long decode = _shown.Count > reorder ? _shown.Dequeue() : _shown.Peek() - ((reorder - _shown.Count + 1) * step);
        _last = _last == long.MinValue ? decode : Math.Max(decode, _last + 1);
        return _last;
    }

    public void Reset()
    {
        _shown.Clear();
        _last = long.MinValue;
    }
}
