using Protocols.Srtp;

namespace Protocols.Net;

/// <summary>
/// The datagrams of a turn, written straight into one pinned block and kept as runs. What the kernel did not take stays
/// at the front; the block is the bound, and takes up memory only as far as it is ever filled.
/// </summary>
internal sealed class SendQueue
{
    private const int MaxRunSegments = 64;    // UDP_MAX_SEGMENTS of older kernels
    private const int MaxRunLength = 65_000;  // an IP datagram before it is cut

    private readonly SendRun[] _runs;
    private int _first;
    private int _count;
    private int _end;

    public SendQueue(int capacity = 4 << 20, int maxRuns = 4096)
    {
        Memory = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
        _runs = new SendRun[maxRuns];
    }

    /// <summary>Pinned, so the kernel may be given its address.</summary>
    public byte[] Memory { get; }

    /// <summary>Packets of this block whose tags are still to be written.</summary>
    public SrtpBatch Batch { get; } = new();

    public bool IsEmpty => _count == 0;

    /// <summary>What is queued, in bytes.</summary>
    public int Bytes => _count == 0 ? 0 : _end - _runs[_first].Offset;

    public ReadOnlySpan<SendRun> Runs => _runs.AsSpan(_first, _count);

    /// <summary>Room for one datagram of at most that length; empty where there is none.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_end + length > Memory.Length || _first + _count == _runs.Length) Compact();
        return _end + length > Memory.Length || _first + _count == _runs.Length ? [] : Memory.AsSpan(_end, length);
    }

    /// <summary>Queues what was written into the room reserved last.</summary>
    public void Commit(in Route route, int length)
    {
        if (_count == 0 || !TryExtend(ref _runs[_first + _count - 1], route, length))
        {
            _runs[_first + _count++] = new SendRun
            {
                Route = route, Offset = _end, Length = length, SegmentLength = length, Count = 1,
            };
        }

        _end += length;
    }

    /// <summary>Takes that many datagrams off the front.</summary>
    public void Skip(int datagrams)
    {
        while (datagrams > 0 && _count > 0)
        {
            ref SendRun run = ref _runs[_first];
            if (datagrams < run.Count)
            {
                run.Skip(datagrams);
                return;
            }

            datagrams -= run.Count;
            _first++;
            _count--;
        }

        if (_count == 0) _first = _end = 0;
    }

    // A run that is closed by a shorter segment can't grow: the kernel cuts at equal lengths.
    private bool TryExtend(ref SendRun run, in Route route, int length)
    {
        if (run.End != _end || length > run.SegmentLength || run.Length != run.Count * run.SegmentLength
            || run.Count == MaxRunSegments || run.Length + length > MaxRunLength || !run.Route.Equals(route)) return false;
        run.Length += length;
        run.Count++;
        return true;
    }

    // Only after the kernel's buffer was full is there something left to move.
    private void Compact()
    {
        if (_count == 0 || _first == 0) return;
        Batch.Complete(); // it knows where the packets lie
        int start = _runs[_first].Offset;
        Memory.AsSpan(start, _end - start).CopyTo(Memory);
        for (int i = 0; i < _count; i++)
        {
            _runs[i] = _runs[_first + i];
            _runs[i].Offset -= start;
        }

        _first = 0;
        _end -= start;
    }
}
