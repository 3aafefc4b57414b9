using System.Buffers.Binary;
using System.Text;

namespace Media.Flv;

/// <summary>
/// Reads AMF0 values one after the other. Total: any bytes give values or false. Bounded in depth and in the number of
/// values, so that a small message cannot become a large tree.
/// </summary>
public ref struct Amf0Reader(ReadOnlySpan<byte> data)
{
    /// <summary>Deeper nesting counts as malformed; encoders need three levels.</summary>
    public const int MaxDepth = 16;

    /// <summary>Values in all that one reader gives out.</summary>
    public const int MaxValues = 4096;

    private ReadOnlySpan<byte> _rest = data;
    private int _values;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads the next value; false at the end and where the bytes are not AMF0.</summary>
    public bool TryRead(out AmfValue value) => TryRead(0, out value);

    //  +--------+----------------------+
    //  | marker | value by marker      |   string = u16 length + UTF-8; property = string without marker + value
    //  +--------+----------------------+
    private bool TryRead(int depth, out AmfValue value)
    {
        value = default;
        if (depth > MaxDepth || ++_values > MaxValues || !TryTake(1, out ReadOnlySpan<byte> marker)) return false;
        switch (marker[0])
        {
            case Amf0Marker.Number: return TryReadNumber(out value);
            case Amf0Marker.Boolean: return TryReadBoolean(out value);
            case Amf0Marker.String: return TryReadText(isLong: false, out value);
            case Amf0Marker.LongString or Amf0Marker.XmlDocument: return TryReadText(isLong: true, out value);
            case Amf0Marker.Object: return TryReadProperties(depth, isArray: false, out value);
            case Amf0Marker.TypedObject: return TryTakeName(out _) && TryReadProperties(depth, isArray: false, out value);
            case Amf0Marker.EcmaArray: return TryTake(4, out _) && TryReadProperties(depth, isArray: true, out value);
            case Amf0Marker.StrictArray: return TryReadItems(depth, out value);
            case Amf0Marker.Date: return TryReadDate(out value);
            case Amf0Marker.Reference: return TryTake(2, out _); // no encoder sends one; skipped as undefined
            case Amf0Marker.Null:
                value = AmfValue.Null;
                return true;
            case Amf0Marker.Undefined or Amf0Marker.Unsupported: return true;
            default: return false;
        }
    }

    private bool TryReadNumber(out AmfValue value)
    {
        bool read = TryTake(8, out ReadOnlySpan<byte> bytes);
        value = read ? AmfValue.FromNumber(BinaryPrimitives.ReadDoubleBigEndian(bytes)) : default;
        return read;
    }

    private bool TryReadBoolean(out AmfValue value)
    {
        bool read = TryTake(1, out ReadOnlySpan<byte> bytes);
        value = read ? AmfValue.FromBoolean(bytes[0] != 0) : default;
        return read;
    }

    private bool TryReadDate(out AmfValue value)
    {
        bool read = TryTake(10, out ReadOnlySpan<byte> bytes); // the last two are a time zone that must be 0
        value = read ? AmfValue.FromDate(BinaryPrimitives.ReadDoubleBigEndian(bytes)) : default;
        return read;
    }

    private bool TryReadText(bool isLong, out AmfValue value)
    {
        value = default;
        if (!TryTakeText(isLong, out ReadOnlySpan<byte> text)) return false;
        value = AmfValue.FromString(Encoding.UTF8.GetString(text));
        return true;
    }

    private bool TryReadProperties(int depth, bool isArray, out AmfValue value)
    {
        value = default;
        var properties = new List<AmfProperty>();
        while (true)
        {
            if (isArray && _rest.IsEmpty) break; // several encoders leave out the end of a top-level ECMA array
            if (!TryTakeName(out string name)) return false;
            if (name.Length == 0 && !_rest.IsEmpty && _rest[0] == Amf0Marker.ObjectEnd)
            {
                _rest = _rest[1..];
                break;
            }

            if (!TryRead(depth + 1, out AmfValue item)) return false;
            properties.Add(new AmfProperty(name, item));
        }

        value = AmfValue.FromObject([.. properties]);
        return true;
    }

    private bool TryReadItems(int depth, out AmfValue value)
    {
        value = default;
        if (!TryTake(4, out ReadOnlySpan<byte> bytes)) return false;
        uint count = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (count > (uint)_rest.Length) return false; // each item takes a byte at least
        var items = new List<AmfValue>();
        for (uint i = 0; i < count; i++)
        {
            if (!TryRead(depth + 1, out AmfValue item)) return false;
            items.Add(item);
        }

        value = AmfValue.FromArray([.. items]);
        return true;
    }

    private bool TryTakeName(out string name)
    {
        bool read = TryTakeText(isLong: false, out ReadOnlySpan<byte> text);
        name = read ? Encoding.UTF8.GetString(text) : "";
        return read;
    }

    private bool TryTakeText(bool isLong, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TryTake(isLong ? 4 : 2, out ReadOnlySpan<byte> bytes)) return false;
        uint length = isLong ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return length <= (uint)_rest.Length && TryTake((int)length, out text);
    }

    private bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_rest.Length < count) return false;
        bytes = _rest[..count];
        _rest = _rest[count..];
        return true;
    }
}
