using System.Buffers.Binary;

namespace Media.Mp4;

/// <summary>
/// Walks the boxes of a span: <c>while (boxes.MoveNext())</c> (ISO/IEC 14496-12 §4.2). Ends at the first that does not fit and
/// says so in <see cref="IsMalformed"/>.
/// </summary>
internal ref struct BoxReader(ReadOnlySpan<byte> data)
{
    private const int HeaderLength = 8;
    private const int LargeHeaderLength = 16;

    private ReadOnlySpan<byte> _rest = data;

    public uint Type { get; private set; }

    /// <summary>The box without its header.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>The box with its header.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    public bool IsMalformed { get; private set; }

    public bool MoveNext()
    {
        // Four zero bytes at the end are QuickTime's terminator.
        if (_rest.Length < HeaderLength) return false;
        ulong size = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        Type = BinaryPrimitives.ReadUInt32BigEndian(_rest[4..]);
        int header = HeaderLength;
        if (size == 1 && _rest.Length >= LargeHeaderLength)
        {
            size = BinaryPrimitives.ReadUInt64BigEndian(_rest[8..]);
            header = LargeHeaderLength;
        }
        else if (size == 0)
        {
            size = (ulong)_rest.Length;
        }

        if (size < (ulong)header || size > (ulong)_rest.Length)
        {
            IsMalformed = true;
            _rest = default;
            return false;
        }

        Whole = _rest[..(int)size];
        Content = _rest[header..(int)size];
        _rest = _rest[(int)size..];
        return true;
    }

    /// <summary>The content of the first box of a type; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> data, uint type)
    {
        var boxes = new BoxReader(data);
        while (boxes.MoveNext())
            if (boxes.Type == type) return boxes.Content;
        return default;
    }
}
