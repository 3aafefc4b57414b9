using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>
/// The sequence header of a format's AV1CodecConfigurationRecord in a buffer of its own, copied anew only when the format changes;
/// packets on their way keep the old buffer.
/// </summary>
internal sealed class Av1SequenceHeaderStore(BufferPool pool) : IDisposable
{
    private const int RecordHeaderLength = 4;

    private TrackFormat? _format;
    private PooledBuffer? _buffer;
    private Av1Unit _unit;

    public bool TryGet(TrackFormat format, [NotNullWhen(true)] out PooledBuffer? buffer, out Av1Unit unit)
    {
        if (!ReferenceEquals(format, _format)) Update(format);
        (buffer, unit) = (_buffer, _unit);
        return buffer is not null;
    }

    public void Dispose()
    {
        _format = null;
        _buffer?.Dispose();
        _buffer = null;
    }

    private void Update(TrackFormat format)
    {
        Dispose();
        _format = format;
        ImmutableArray<byte> record = format.Configuration;
        if (record.Length <= RecordHeaderLength) return;
        ReadOnlySpan<byte> stored = record.AsSpan()[RecordHeaderLength..];
        var units = new Av1Units(stored);
        while (units.MoveNext())
        {
            if (units.Current.Type != Av1Obu.SequenceHeader) continue;
            _unit = units.Current;
            _buffer = pool.RentCopy(stored);
            return;
        }
    }
}
