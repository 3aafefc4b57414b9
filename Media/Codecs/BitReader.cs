namespace Media.Codecs;

/// <summary>
/// Reads bits from the most significant one on. Over an H.264 NAL unit it steps over emulation prevention bytes
/// (00 00 03) without a copy. Total: past the end it gives zeros and remembers it in <see cref="IsOverrun"/>.
/// </summary>
public ref struct BitReader
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly bool _skipEmulationPrevention;
    private int _next;
    private int _zeros;
    private uint _current;
    private int _bits;

    /// <param name="skipEmulationPrevention">True for NAL units, false for plain bit fields.</param>
    public BitReader(ReadOnlySpan<byte> data, bool skipEmulationPrevention = false)
    {
        _data = data;
        _skipEmulationPrevention = skipEmulationPrevention;
    }

    /// <summary>More was read than there was: what was read last is not to be used.</summary>
    public bool IsOverrun { get; private set; }

    /// <summary>Bits not read yet; where emulation prevention is skipped, an upper bound.</summary>
    public readonly int BitsLeft => ((_data.Length - _next) * 8) + _bits;

    /// <summary>Bits from here to the next byte boundary.</summary>
    public readonly int BitsToAlignment => _bits;

    public uint Read(int count)
    {
        ulong value = 0;
        while (count > 0)
        {
            if (_bits == 0 && !Load()) return 0;
            int taken = Math.Min(count, _bits);
            value = (value << taken) | ((_current >> (_bits - taken)) & ((1u << taken) - 1));
            _bits -= taken;
            count -= taken;
        }

        return (uint)value;
    }

    public bool ReadFlag() => Read(1) != 0;

    public void Skip(int count)
    {
        for (; count > 32; count -= 32) Read(32);
        Read(count);
    }

    /// <summary>Unsigned Exp-Golomb code, ITU-T H.264 §9.1.</summary>
    public uint ReadUnsignedGolomb()
    {
        int zeros = 0;
        while (!ReadFlag())
        {
            if (IsOverrun || ++zeros > 32)
            {
                IsOverrun = true;
                return 0;
            }
        }

        ulong value = (1UL << zeros) - 1 + Read(zeros);
        if (value <= uint.MaxValue) return (uint)value;
        IsOverrun = true;
        return 0;
    }

    /// <summary>Signed Exp-Golomb code, ITU-T H.264 §9.1.1.</summary>
    public int ReadSignedGolomb()
    {
        uint code = ReadUnsignedGolomb();
        int half = (int)((code >> 1) + (code & 1));
        return (code & 1) != 0 ? half : -half;
    }

    private bool Load()
    {
        if (_skipEmulationPrevention && _zeros >= 2 && _next < _data.Length && _data[_next] == 3)
        {
            _next++;
            _zeros = 0;
        }

        if (_next >= _data.Length)
        {
            IsOverrun = true;
            return false;
        }

        _current = _data[_next++];
        _zeros = _current == 0 ? _zeros + 1 : 0;
        _bits = 8;
        return true;
    }
}
