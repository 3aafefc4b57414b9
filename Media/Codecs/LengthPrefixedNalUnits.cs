namespace Media.Codecs;

/// <summary>
/// Walks the NAL units of an access unit that stand behind a length of 1 to 4 bytes (ISO/IEC 14496-15 §5.3.4.2):
/// <c>while (units.MoveNext())</c>. Ends at the first length that does not fit and says so in <see cref="IsMalformed"/>;
/// empty units are stepped over.
/// </summary>
public ref struct LengthPrefixedNalUnits(ReadOnlySpan<byte> data, int lengthSize = NalUnit.LengthSize)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private readonly int _lengthSize = lengthSize;
    private int _next;

    /// <summary>Offset of the unit's header byte.</summary>
    public int Offset { get; private set; }

    public int Length { get; private set; }

    public bool IsMalformed { get; private set; }

    public readonly ReadOnlySpan<byte> Current => _data.Slice(Offset, Length);

    public bool MoveNext()
    {
        while (_next < _data.Length)
        {
            if (_data.Length - _next < _lengthSize) return Fail();
            uint length = 0;
            for (int i = 0; i < _lengthSize; i++) length = (length << 8) | _data[_next + i];
            int start = _next + _lengthSize;
            if (length > _data.Length - start) return Fail();
            _next = start + (int)length;
            if (length == 0) continue;
            Offset = start;
            Length = (int)length;
            return true;
        }

        return false;
    }

    private bool Fail()
    {
        IsMalformed = true;
        _next = _data.Length;
        return false;
    }
}
