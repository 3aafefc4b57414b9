using System.Buffers.Binary;
using System.Numerics;
using Media.Containers;

namespace Media.WebM;

/// <summary>
/// Walks the elements of a span: <c>while (elements.MoveNext())</c> (RFC 8794 §6). Ends at the first that does not fit and says so in
/// <see cref="IsMalformed"/>.
/// </summary>
internal ref struct EbmlReader(ReadOnlySpan<byte> data)
{
    /// <summary>Four bytes of identifier, eight of size.</summary>
    public const int MaxHeaderLength = 12;

    public const long UnknownSize = -1;

    private ReadOnlySpan<byte> _rest = data;

    public uint Id { get; private set; }

    public ReadOnlySpan<byte> Content { get; private set; }

    public bool IsMalformed { get; private set; }

    public bool MoveNext()
    {
        if (_rest.IsEmpty) return false;
        if (!TryReadHeader(_rest, out uint id, out long size, out int header) || size == UnknownSize || size > _rest.Length - header)
        {
            IsMalformed = true;
            _rest = default;
            return false;
        }

        Id = id;
        Content = _rest.Slice(header, (int)size);
        _rest = _rest[(header + (int)size)..];
        return true;
    }

    /// <summary>Reads identifier and size of an element; false where there is none, or not all of it.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> data, out uint id, out long size, out int length)
    {
        id = 0;
        size = 0;
        length = 0;
        if (data.IsEmpty) return false;
        int idLength = BitOperations.LeadingZeroCount((uint)data[0] << 24) + 1;
        if (idLength > 4 || data.Length < idLength + 1) return false;
        for (int i = 0; i < idLength; i++) id = (id << 8) | data[i];
        if (!TryReadInteger(data[idLength..], out ulong value, out int sizeLength, out bool isAllOnes)) return false;
        length = idLength + sizeLength;
        size = isAllOnes ? UnknownSize : (long)value;
        return true;
    }

    /// <summary>A variable-size integer without its marker (RFC 8794 §4).</summary>
    public static bool TryReadInteger(ReadOnlySpan<byte> data, out ulong value, out int length, out bool isAllOnes)
    {
        value = 0;
        length = 0;
        isAllOnes = false;
        if (data.IsEmpty || data[0] == 0) return false;
        length = BitOperations.LeadingZeroCount((uint)data[0] << 24) + 1;
        if (data.Length < length) return false;
        value = data[0] & (0xffUL >> length);
        for (int i = 1; i < length; i++) value = (value << 8) | data[i];
        isAllOnes = value == (1UL << (7 * length)) - 1;
        return true;
    }

    /// <summary>The content as an unsigned integer of up to eight bytes.</summary>
    public readonly ulong UnsignedInteger() => ToUnsigned(Content);

    public static ulong ToUnsigned(ReadOnlySpan<byte> content)
    {
        if (content.Length > 8) throw new MediaFileException("An integer in the file is longer than eight bytes.");
        ulong value = 0;
        foreach (byte part in content) value = (value << 8) | part;
        return value;
    }

    /// <summary>The same held within 31 bits: sizes and counts.</summary>
    public readonly int SmallInteger() => (int)Math.Min(UnsignedInteger(), int.MaxValue);

    public readonly double Float() => Content.Length switch
    {
        4 => BinaryPrimitives.ReadSingleBigEndian(Content),
        8 => BinaryPrimitives.ReadDoubleBigEndian(Content),
        _ => 0,
    };
}
