namespace Media.Codecs;

/// <summary>Unsigned integers in groups of seven bits, lowest first (AV1 §4.10.5).</summary>
internal static class Leb128
{
    /// <summary>Values up to 2^31 - 1, which is more than any length here.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out int value, out int size)
    {
        value = size = 0;
        long sum = 0;
        for (int i = 0; i < Math.Min(8, data.Length); i++)
        {
            sum |= (long)(data[i] & 0x7f) << (7 * i);
            if ((data[i] & 0x80) != 0) continue;
            value = (int)Math.Min(sum, int.MaxValue);
            size = i + 1;
            return sum <= int.MaxValue;
        }

        return false;
    }

    public static int SizeOf(int value)
    {
        int size = 1;
        for (uint rest = (uint)value >> 7; rest != 0; rest >>= 7) size++;
        return size;
    }

    public static int Write(Span<byte> destination, int value)
    {
        int size = SizeOf(value);
        uint rest = (uint)value;
        for (int i = 0; i < size; i++, rest >>= 7) destination[i] = (byte)((rest & 0x7f) | (i < size - 1 ? 0x80u : 0));
        return size;
    }
}
