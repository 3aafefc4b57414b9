namespace Media.Codecs;

/// <summary>Where an open bitstream unit lies in its temporal unit.</summary>
internal readonly record struct Av1Unit(int Type, int Offset, int HeaderLength, int PayloadOffset, int PayloadLength)
{
    public int End => PayloadOffset + PayloadLength;

    /// <summary>With header and size field.</summary>
    public int Length => End - Offset;
}

/// <summary>
/// Walks the open bitstream units of a temporal unit that belong on the wire and into files, past temporal delimiters, tile lists and
/// padding. Only the last one may lack its size. Ends at what is malformed.
/// </summary>
internal ref struct Av1Units(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _next;

    public Av1Unit Current { get; private set; }

    public bool IsMalformed { get; private set; }

    public bool MoveNext()
    {
        while (_next < _data.Length)
        {
            ReadOnlySpan<byte> rest = _data[_next..];
            if (!Av1Obu.TryParse(rest, out Av1Obu obu)) return Fail();
            int length = rest.Length - obu.HeaderLength, size = 0;
            if (obu.HasSize && (!Leb128.TryRead(rest[obu.HeaderLength..], out length, out size) || length > rest.Length - obu.HeaderLength - size))
                return Fail();
            int offset = _next, payload = offset + obu.HeaderLength + size;
            _next = payload + length;
            if (obu.Type is Av1Obu.TemporalDelimiter or Av1Obu.TileList or Av1Obu.Padding) continue;
            Current = new Av1Unit(obu.Type, offset, obu.HeaderLength, payload, length);
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
