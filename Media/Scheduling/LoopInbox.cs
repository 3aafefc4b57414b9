namespace Media.Scheduling;

/// <summary>
/// The bounded way of many small things from another thread onto a loop, in batches: one post for all that came since the
/// loop has looked. What finds it full stays with who brought it. Allocates nothing once its arrays have their size.
/// </summary>
/// <param name="most">What may wait.</param>
/// <param name="receiver">Gets a batch, on the loop; the memory is only lent.</param>
public sealed class LoopInbox<T>(MediaLoop loop, int most, Action<ReadOnlySpan<T>> receiver)
{
    private const int InitialCapacity = 64;

    private static readonly Action<object?> s_drain = static state => ((LoopInbox<T>)state!).Drain();

    private readonly Lock _gate = new();
    private T[] _incoming = [];
    private T[] _draining = [];
    private int _count;
    private bool _isPosted;

    /// <summary>How many of them were taken, the first ones. Any thread.</summary>
    public int Write(ReadOnlySpan<T> items)
    {
        bool post;
        lock (_gate)
        {
            items = items[..Math.Min(items.Length, most - _count)];
            if (items.IsEmpty) return 0;
            MakeRoom(_count + items.Length);
            items.CopyTo(_incoming.AsSpan(_count));
            _count += items.Length;
            post = !_isPosted;
            _isPosted = true;
        }

        if (post) loop.Post(s_drain, this);
        return items.Length;
    }

    private void MakeRoom(int length)
    {
        if (length <= _incoming.Length) return;
        Array.Resize(ref _incoming, Math.Min(most, Math.Max(length, Math.Max(InitialCapacity, 2 * _incoming.Length))));
    }

    private void Drain()
    {
        int count;
        lock (_gate)
        {
            (_incoming, _draining) = (_draining, _incoming);
            (count, _count) = (_count, 0);
            _isPosted = false;
        }

        Span<T> batch = _draining.AsSpan(0, count);
        try
        {
            receiver(batch);
        }
        finally
        {
            batch.Clear();
        }
    }
}
