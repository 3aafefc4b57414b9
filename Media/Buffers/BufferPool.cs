using System.Collections.Concurrent;
using System.Numerics;

namespace Media.Buffers;

/// <summary>
/// Pinned byte arrays in power-of-two size classes, handed out as <see cref="PooledBuffer"/> leases. Thread safe.
/// What is larger than the largest class is allocated and left to the garbage collector.
/// </summary>
public sealed class BufferPool
{
    private const int SmallestClassBits = 11; // 2 KB: one datagram with room for an SRTP trailer
    private const int LargestClassBits = 23;  // 8 MB: far above the largest frame seen
    private const int RetainedBytesPerClass = 32 << 20;

    private readonly ConcurrentBag<PooledBuffer>[] _classes;
    private readonly int[] _retained;
    private long _leased;

    public BufferPool()
    {
        _classes = new ConcurrentBag<PooledBuffer>[LargestClassBits - SmallestClassBits + 1];
        _retained = new int[_classes.Length];
        for (int i = 0; i < _classes.Length; i++) _classes[i] = [];
    }

    /// <summary>The pool that the running program shares; tests make their own to count leases.</summary>
    public static BufferPool Shared { get; } = new();

    /// <summary>Leases that were not yet given back.</summary>
    public long Leased => Interlocked.Read(ref _leased);

    /// <summary>Leases a buffer with at least <paramref name="length"/> bytes; the content is undefined.</summary>
    public PooledBuffer Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Interlocked.Increment(ref _leased);
        int index = ClassOf(length);
        if (index >= _classes.Length) return new PooledBuffer(this, -1, length).Lease(length);
        if (!_classes[index].TryTake(out PooledBuffer? buffer))
            return new PooledBuffer(this, index, 1 << (index + SmallestClassBits)).Lease(length);
        Interlocked.Decrement(ref _retained[index]);
        return buffer.Lease(length);
    }

    /// <summary>Leases a buffer that holds a copy of <paramref name="data"/>.</summary>
    public PooledBuffer RentCopy(ReadOnlySpan<byte> data)
    {
        PooledBuffer buffer = Rent(data.Length);
        data.CopyTo(buffer.Span);
        return buffer;
    }

    internal void Return(PooledBuffer buffer, int sizeClass)
    {
        Interlocked.Decrement(ref _leased);
        if (sizeClass < 0) return;
        int limit = Math.Max(4, RetainedBytesPerClass >> (sizeClass + SmallestClassBits));
        if (Interlocked.Increment(ref _retained[sizeClass]) > limit)
        {
            Interlocked.Decrement(ref _retained[sizeClass]);
            return;
        }

        _classes[sizeClass].Add(buffer);
    }

    private static int ClassOf(int length)
    {
        int bits = length <= 1 ? 0 : 32 - BitOperations.LeadingZeroCount((uint)(length - 1));
        return Math.Max(0, bits - SmallestClassBits);
    }
}
