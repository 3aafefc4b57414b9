using System.Diagnostics.CodeAnalysis;

namespace Media.Containers;

/// <summary>
/// Integers in a few bytes each (seven bits per byte, lowest first), appended and read from the start: the index of a file
/// that is being written, which for a day of media must stay small. Grows by blocks, so that nothing is ever copied.
/// </summary>
internal sealed class ByteLog
{
    private const int BlockSize = 16 << 10;
    private const int MaxEncoded = 10;

    private readonly List<byte[]> _blocks = [];
    private byte[] _block = [];
    private int _used;

    /// <summary>Memory taken, in bytes.</summary>
    public long Capacity => (long)_blocks.Count * BlockSize;

    public void Append(ulong value)
    {
        if (_block.Length - _used < MaxEncoded) AddBlock();
        for (; value >= 0x80; value >>= 7) _block[_used++] = (byte)(value | 0x80);
        _block[_used++] = (byte)value;
    }

    /// <summary>Small numbers of either sign in few bytes.</summary>
    public void AppendSigned(long value) => Append((ulong)((value << 1) ^ (value >> 63)));

    public Reader Read() => new(this);

    private void AddBlock()
    {
        _block = new byte[BlockSize];
        _used = 0;
        _blocks.Add(_block);
    }

    /// <summary>Reads as many integers as were appended: the caller knows how many.</summary>
    [SuppressMessage("Performance", "CA1815", Justification = "a cursor is not compared")]
    internal struct Reader(ByteLog log)
    {
        private int _block;
        private int _at;

        public ulong Next()
        {
            if (BlockSize - _at < MaxEncoded)
            {
                _block++;
                _at = 0;
            }

            byte[] data = log._blocks[_block];
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = data[_at++];
                value |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80) return value;
            }
        }

        public long NextSigned()
        {
            ulong value = Next();
            return (long)(value >> 1) ^ -(long)(value & 1);
        }
    }
}
