namespace Media.Buffers;

/// <summary>
/// A reference-counted lease of pinned pool memory. Whoever is called only borrows it; whoever stores it calls
/// <see cref="AddReference"/> and later <see cref="Dispose"/>. The last reference gives the memory back.
/// </summary>
public sealed class PooledBuffer : IDisposable
{
    private readonly BufferPool _pool;
    private readonly int _sizeClass;
    private int _references;

    internal PooledBuffer(BufferPool pool, int sizeClass, int capacity)
    {
        _pool = pool;
        _sizeClass = sizeClass;
        Array = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
    }

    /// <summary>The whole memory, which may be longer than <see cref="Length"/>.</summary>
    public byte[] Array { get; }

    /// <summary>The length that was asked for.</summary>
    public int Length { get; private set; }

    public int Capacity => Array.Length;

    public Span<byte> Span => Array.AsSpan(0, Length);

    public PooledBuffer AddReference()
    {
        if (Interlocked.Increment(ref _references) <= 1) ThrowReturned();
        return this;
    }

    /// <summary>Another lease of the same pool, filled with <paramref name="data"/>.</summary>
    public PooledBuffer RentCopy(ReadOnlySpan<byte> data) => _pool.RentCopy(data);

    /// <summary>Gives one reference back.</summary>
    public void Dispose()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left < 0) ThrowReturned();
        if (left == 0) _pool.Return(this, _sizeClass);
    }

    internal PooledBuffer Lease(int length)
    {
        Length = length;
        Volatile.Write(ref _references, 1);
        return this;
    }

    private static void ThrowReturned() =>
        throw new InvalidOperationException("The buffer was already given back to its pool.");
}
