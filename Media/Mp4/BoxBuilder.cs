using System.Buffers.Binary;

namespace Media.Mp4;

/// <summary>Writes boxes into memory that grows: <c>int box = Begin(type); ... End(box);</c>. Kept from one fragment to the next.</summary>
internal sealed class BoxBuilder
{
    private byte[] _data = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _data.AsSpan(0, Length);

    /// <summary>The memory itself, which the builder gives up.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var taken = new ReadOnlyMemory<byte>(_data, 0, Length);
        _data = [];
        Length = 0;
        return taken;
    }

    public void Clear() => Length = 0;

    public int Begin(uint type)
    {
        int at = Length;
        UInt32(0);
        UInt32(type);
        return at;
    }

    /// <summary>A FullBox (ISO/IEC 14496-12 §4.2).</summary>
    public int Begin(uint type, byte version, uint flags)
    {
        int at = Begin(type);
        UInt32(((uint)version << 24) | flags);
        return at;
    }

    public void End(int box) => PatchUInt32(box, (uint)(Length - box));

    public void UInt8(int value) => Reserve(1)[0] = (byte)value;

    public void UInt16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), (ushort)value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Reserve(4), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void Zeros(int count) => Reserve(count).Clear();

    public void PatchUInt32(int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_data.AsSpan(at, 4), value);

    private Span<byte> Reserve(int count)
    {
        if (_data.Length - Length < count)
        {
            long wanted = Math.Max(Length + (long)count, Math.Max(1024, _data.Length * 2L));
            Array.Resize(ref _data, (int)Math.Min(Math.Max(wanted, Length + (long)count), Array.MaxLength));
        }

        Span<byte> place = _data.AsSpan(Length, count);
        Length += count;
        return place;
    }
}
