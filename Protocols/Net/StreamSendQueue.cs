using System.Buffers;
using Media.Buffers;

namespace Protocols.Net;

/// <summary>
/// What a TCP connection has yet to take, datagram by datagram. Its bound is a number of them: where one more would be
/// too many, the oldest goes, since media that is late is worth less than media that is new. Lives on its loop.
/// </summary>
public sealed class StreamSendQueue(BufferPool pool, int capacity = StreamSendQueue.DefaultCapacity) : IDisposable
{
    /// <summary>Some seconds of media, and the whole of a fast start.</summary>
    public const int DefaultCapacity = 1024;

    private readonly Queue<Waiting> _waiting = new();
    private PooledBuffer? _reserved;

    public int Count => _waiting.Count;

    /// <summary>Datagrams that were put in and went nowhere.</summary>
    public long Dropped { get; private set; }

    /// <summary>Room for one datagram, with what a cipher writes beyond its end; empty for one that is too long.</summary>
    public Span<byte> Reserve(int length)
    {
        if (length > DatagramFraming.MaxDatagram) return [];
        _reserved ??= pool.Rent(DatagramFraming.MaxDatagram);
        return _reserved.Span;
    }

    /// <summary>The room that was reserved last holds a datagram of that length. True where an older one had to go.</summary>
    public bool Commit(int length)
    {
        if (_reserved is not { } buffer || length <= 0) return false;
        _reserved = null;
        bool isFull = _waiting.Count >= capacity;
        if (isFull)
        {
            _waiting.Dequeue().Buffer.Dispose();
            Dropped++;
        }

        _waiting.Enqueue(new Waiting(buffer, length));
        return isFull;
    }

    /// <summary>Writes the oldest ones, framed, until so many bytes are written or nothing is left; how many datagrams.</summary>
    public int Write(IBufferWriter<byte> output, int enoughBytes)
    {
        ArgumentNullException.ThrowIfNull(output);
        int count = 0;
        for (int written = 0; written < enoughBytes && _waiting.TryDequeue(out Waiting next); count++)
        {
            DatagramFraming.Write(output, next.Buffer.Span[..next.Length]);
            written += DatagramFraming.HeaderLength + next.Length;
            next.Buffer.Dispose();
        }

        return count;
    }

    public void Dispose()
    {
        _reserved?.Dispose();
        _reserved = null;
        while (_waiting.TryDequeue(out Waiting next)) next.Buffer.Dispose();
    }

    private readonly record struct Waiting(PooledBuffer Buffer, int Length);
}
