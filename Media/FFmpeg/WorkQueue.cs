namespace Media.FFmpeg;

/// <summary>A bounded queue between two threads. The lock is held for a few instructions only, never while working.</summary>
internal sealed class WorkQueue<T>(int capacity)
{
    private readonly Queue<T> _items = new();
    private readonly object _gate = new(); // not a Lock: waited on
    private bool _closed;

    /// <summary>False where the queue is full or closed; the item stays the caller's.</summary>
    public bool TryAdd(T item)
    {
        lock (_gate)
        {
            if (_closed || _items.Count >= capacity) return false;
            Add(item);
            return true;
        }
    }

    /// <summary>Waits for room; false where the queue was closed, and the item stays the caller's.</summary>
    public bool AddWhenFree(T item)
    {
        lock (_gate)
        {
            while (!_closed && _items.Count >= capacity) Monitor.Wait(_gate);
            if (_closed) return false;
            Add(item);
            return true;
        }
    }

    /// <summary>Waits for an item; false once the queue is closed, whatever is left in it.</summary>
    public bool TryTake(out T item)
    {
        lock (_gate)
        {
            while (!_closed && _items.Count == 0) Monitor.Wait(_gate);
            item = default!;
            if (_closed) return false;
            item = _items.Dequeue();
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Ends all waiting; what is left goes to <paramref name="release"/>. Idempotent.</summary>
    public void Close(Action<T> release)
    {
        lock (_gate)
        {
            _closed = true;
            while (_items.TryDequeue(out T? item)) release(item);
            Monitor.PulseAll(_gate);
        }
    }

    private void Add(T item)
    {
        _items.Enqueue(item);
        Monitor.PulseAll(_gate);
    }
}
