using System.Buffers.Binary;
using Media.Containers;

namespace Media.Mp4;

/// <summary>Reads the fields of one box; past its end the file is malformed.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> data, uint box)
{
    private readonly uint _box = box;
    private ReadOnlySpan<byte> _rest = data;

    public readonly int Left => _rest.Length;

    public byte UInt8() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    /// <summary>A time that has 64 bits in version 1; held below 2^62, so that sums fit.</summary>
    public long Time(byte version) =>
        version == 0 ? UInt32() : (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(Take(8)), 1UL << 62);

    public void Skip(int count) => Take(count);

    /// <summary>Version and flags of a FullBox.</summary>
    public byte Version(out uint flags)
    {
        uint word = UInt32();
        flags = word & 0xffffff;
        return (byte)(word >> 24);
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count) throw new MediaFileException($"The {BoxType.Name(_box)} box is missing or too short.");
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>A table of entries of one size: as many as the box says, and they must be there.</summary>
    public ReadOnlySpan<byte> Table(int entrySize)
    {
        uint count = UInt32();
        if ((ulong)count * (uint)entrySize > (ulong)_rest.Length)
            throw new MediaFileException($"The {BoxType.Name(_box)} box names {count} entries, which it has no room for.");
        return Take((int)count * entrySize);
    }
}
