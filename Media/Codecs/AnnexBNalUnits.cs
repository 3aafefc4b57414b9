namespace Media.Codecs;

/// <summary>
/// Walks the NAL units of a byte stream with start codes (ITU-T H.264 Annex B). Zero bytes after a unit are not part of it;
/// bytes before the first start code are stepped over.
/// </summary>
public ref struct AnnexBNalUnits
{
    private readonly ReadOnlySpan<byte> _data;
    private int _next;

    public AnnexBNalUnits(ReadOnlySpan<byte> data)
    {
        _data = data;
        _next = StartCode(0) is var at && at < 0 ? data.Length : at + 3;
    }

    private static ReadOnlySpan<byte> Code => [0, 0, 1];

    /// <summary>Offset of the unit's header byte.</summary>
    public int Offset { get; private set; }

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Current => _data.Slice(Offset, Length);

    public bool MoveNext()
    {
        while (_next < _data.Length)
        {
            int start = _next;
            int code = StartCode(start);
            int end = code < 0 ? _data.Length : code;
            _next = code < 0 ? _data.Length : code + 3;
            while (end > start && _data[end - 1] == 0) end--;
            if (end == start) continue;
            Offset = start;
            Length = end - start;
            return true;
        }

        return false;
    }

    private readonly int StartCode(int from)
    {
        int at = _data[from..].IndexOf(Code);
        return at < 0 ? -1 : from + at;
    }
}
