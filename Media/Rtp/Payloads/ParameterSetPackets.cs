using System.Buffers.Binary;
using System.Collections.Immutable;
using Media.Buffers;

namespace Media.Rtp.Payloads;

/// <summary>
/// The parameter sets of the current format as payloads in a buffer of their own: STAP-A (RFC 6184 §5.7.1) or AP (RFC 7798
/// §4.4.2) of as many as fit, or a bare unit. Built anew only when the format changes; packets on their way keep the old buffer.
/// </summary>
/// <param name="headerLength">Of a NAL unit and of an aggregate.</param>
internal sealed class ParameterSetPackets(
    int maxPayload, BufferPool pool, int headerLength, ParameterSetPackets.AggregateHeader writeHeader) : IDisposable
{
    private const int SizeLength = 2;

    private readonly List<(int Offset, int Length)> _payloads = [];
    private TrackFormat? _format;

    /// <summary>Writes the header of an aggregate of these sets.</summary>
    public delegate void AggregateHeader(ReadOnlySpan<ImmutableArray<byte>> sets, Span<byte> header);

    public PooledBuffer? Buffer { get; private set; }

    /// <summary>Where the payloads lie; one that is longer than a packet is a unit to be fragmented.</summary>
    public List<(int Offset, int Length)> Payloads => _payloads;

    public void Update(TrackFormat format)
    {
        if (ReferenceEquals(format, _format)) return;
        Dispose();
        _format = format;
        ImmutableArray<ImmutableArray<byte>> sets = format.ParameterSets;
        int room = 0;
        foreach (ImmutableArray<byte> set in sets) room += headerLength + SizeLength + set.Length;
        if (room == 0) return;
        Buffer = pool.Rent(room);
        int at = 0;
        for (int i = 0; i < sets.Length;) i += Append(sets, i, ref at);
    }

    public void Dispose()
    {
        _payloads.Clear();
        _format = null;
        Buffer?.Dispose();
        Buffer = null;
    }

    // One payload from the sets at index on; returns how many went into it.
    private int Append(ImmutableArray<ImmutableArray<byte>> sets, int index, ref int at)
    {
        int start = at, count = 0, size = headerLength;
        while (index + count < sets.Length && sets[index + count].Length <= ushort.MaxValue
            && size + SizeLength + sets[index + count].Length <= maxPayload)
            size += SizeLength + sets[index + count++].Length;

        Span<byte> memory = Buffer!.Span;
        if (count < 2)
        {
            sets[index].CopyTo(memory[at..]);
            at += sets[index].Length;
            if (at > start) _payloads.Add((start, at - start));
            return 1;
        }

        ReadOnlySpan<ImmutableArray<byte>> aggregated = sets.AsSpan().Slice(index, count);
        writeHeader(aggregated, memory.Slice(at, headerLength));
        at += headerLength;
        foreach (ImmutableArray<byte> set in aggregated)
        {
            BinaryPrimitives.WriteUInt16BigEndian(memory[at..], (ushort)set.Length);
            set.CopyTo(memory[(at + SizeLength)..]);
            at += SizeLength + set.Length;
        }

        _payloads.Add((start, at - start));
        return count;
    }
}
