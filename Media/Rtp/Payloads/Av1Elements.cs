using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>Walks the OBU elements of an AV1 payload: whole OBUs or parts of one, each without its own size field.</summary>
internal ref struct Av1Elements(ReadOnlySpan<byte> payload)
{
    private readonly int _declared = payload.IsEmpty ? 0 : new Av1AggregationHeader(payload[0]).ElementCount;
    private ReadOnlySpan<byte> _rest = payload.IsEmpty ? payload : payload[Av1AggregationHeader.Length..];
    private int _index = -1;

    public ReadOnlySpan<byte> Current { get; private set; }

    public bool IsMalformed { get; private set; }

    public readonly bool IsFirst => _index == 0;

    /// <summary>Nothing follows the current element.</summary>
    public readonly bool IsLast => _rest.IsEmpty;

    public bool MoveNext()
    {
        if (IsMalformed) return false;
        if (_rest.IsEmpty)
        {
            // Fewer elements than W says, for instance none at all
            IsMalformed = _declared > 0 && _index + 1 < _declared;
            return false;
        }

        _index++;
        if (_declared > 0 && _index == _declared - 1)
        {
            Current = _rest; // the last of W elements has no length
            _rest = default;
            return true;
        }

        if ((_declared > 0 && _index >= _declared) || !Leb128.TryRead(_rest, out int length, out int size) || length > _rest.Length - size)
        {
            IsMalformed = true;
            return false;
        }

        Current = _rest.Slice(size, length);
        _rest = _rest[(size + length)..];
        return true;
    }
}
