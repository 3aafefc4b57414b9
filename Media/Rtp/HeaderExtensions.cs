namespace Media.Rtp;

/// <summary>
/// Walks the elements of an RTP header extension, in one-byte or two-byte form (RFC 8285 §4.2, §4.3). What is cut off ends
/// the walk; other profiles have no elements.
/// </summary>
/// <remarks>
/// <code>
/// one-byte form, profile 0xBEDE:  | ID 4 | length - 1, 4 | data |    two-byte form, profile 0x100x:  | ID 8 | length 8 | data |
/// </code>
/// </remarks>
public ref struct HeaderExtensions
{
    public const ushort OneByteProfile = 0xbede;
    public const ushort TwoByteProfile = 0x1000; // the low 4 bits are "appbits"

    private const int StopId = 15; // RFC 8285 §4.2: processing ends here

    private readonly ReadOnlySpan<byte> _data;
    private readonly bool _twoByte;
    private int _next;
    private int _start;
    private int _length;

    public HeaderExtensions(ushort profile, ReadOnlySpan<byte> data)
    {
        _twoByte = (profile & 0xfff0) == TwoByteProfile;
        _data = _twoByte || profile == OneByteProfile ? data : default;
    }

    public int Id { get; private set; }

    public readonly ReadOnlySpan<byte> Data => _data.Slice(_start, _length);

    public bool MoveNext()
    {
        while (_next < _data.Length)
        {
            int first = _data[_next++];
            if (first == 0) continue; // padding
            Id = _twoByte ? first : first >> 4;
            if (_twoByte)
            {
                if (_next >= _data.Length) return false;
                _length = _data[_next++];
            }
            else
            {
                if (Id == StopId) return End();
                _length = (first & 0x0f) + 1;
            }

            if (_length > _data.Length - _next) return End();
            _start = _next;
            _next += _length;
            // Id 0 with a length is no padding byte in the one-byte form; it means nothing.
            if (Id != 0) return true;
        }

        return false;
    }

    /// <summary>Finds the first element with this id.</summary>
    public readonly bool TryGet(int id, out ReadOnlySpan<byte> data)
    {
        HeaderExtensions walk = this;
        walk._next = 0;
        while (walk.MoveNext())
        {
            if (walk.Id != id) continue;
            data = walk.Data;
            return true;
        }

        data = default;
        return false;
    }

    private bool End()
    {
        _length = 0;
        _next = _data.Length;
        return false;
    }
}
