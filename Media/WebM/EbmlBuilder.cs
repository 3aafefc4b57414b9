using System.Buffers.Binary;

namespace Media.WebM;

/// <summary>Writes EBML elements (RFC 8794) into memory that grows: <c>int master = Begin(id); ... End(master);</c>.</summary>
internal sealed class EbmlBuilder
{
    /// <summary>Master elements have sizes of eight bytes, so that no content is too long.</summary>
    private const int MasterSizeLength = 8;

    private const ulong MasterSizeMarker = 1UL << 56;

    private byte[] _data = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _data.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Take()
    {
        var taken = new ReadOnlyMemory<byte>(_data, 0, Length);
        _data = [];
        Length = 0;
        return taken;
    }

    public void Clear() => Length = 0;

    /// <summary>Begins a master element; gives back where its content begins.</summary>
    public int Begin(uint id)
    {
        Id(id);
        Reserve(MasterSizeLength);
        return Length;
    }

    /// <param name="following">Bytes of the content that are written elsewhere, behind those here.</param>
    public void End(int content, long following = 0) =>
        BinaryPrimitives.WriteUInt64BigEndian(_data.AsSpan(content - MasterSizeLength), MasterSizeMarker | (ulong)(Length - content + following));

    public void UnsignedInteger(uint id, ulong value)
    {
        int size = 1;
        for (ulong rest = value >> 8; rest != 0; rest >>= 8) size++;
        Id(id);
        Size((ulong)size);
        Span<byte> place = Reserve(size);
        for (int i = size - 1; i >= 0; i--, value >>= 8) place[i] = (byte)value;
    }

    /// <summary>In eight bytes, so that it can be overwritten in place.</summary>
    public void UnsignedInteger64(uint id, ulong value)
    {
        Id(id);
        Size(8);
        BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), value);
    }

    public void Float(uint id, double value)
    {
        Id(id);
        Size(8);
        BinaryPrimitives.WriteDoubleBigEndian(Reserve(8), value);
    }

    public void Binary(uint id, ReadOnlySpan<byte> content)
    {
        Id(id);
        Size((ulong)content.Length);
        content.CopyTo(Reserve(content.Length));
    }

    /// <summary>A Void element that takes <paramref name="length"/> bytes in all: room for something else of that length.</summary>
    public void Void(int length)
    {
        Id(EbmlId.Void);
        Size((ulong)length - 2);
        Reserve(length - 2).Clear();
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void Id(uint id)
    {
        int size = id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
        Span<byte> place = Reserve(size);
        for (int i = size - 1; i >= 0; i--, id >>= 8) place[i] = (byte)id;
    }

    /// <summary>In as few bytes as it takes. All ones would mean "unknown" and go into one byte more (RFC 8794 §6.1).</summary>
    public void Size(ulong value)
    {
        int size = 1;
        while (size < 8 && value >= (1UL << (7 * size)) - 1) size++;
        Span<byte> place = Reserve(size);
        for (int i = size - 1; i >= 0; i--, value >>= 8) place[i] = (byte)value;
        place[0] |= (byte)(0x80 >> (size - 1));
    }

    private Span<byte> Reserve(int count)
    {
        if (_data.Length - Length < count)
        {
            long wanted = Math.Max(Length + (long)count, Math.Max(1024, _data.Length * 2L));
            Array.Resize(ref _data, (int)Math.Min(wanted, Array.MaxLength));
        }

        Span<byte> place = _data.AsSpan(Length, count);
        Length += count;
        return place;
    }
}
