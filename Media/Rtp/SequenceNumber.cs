namespace Media.Rtp;

/// <summary>Arithmetic on numbers that wrap: 16-bit sequence numbers and 32-bit timestamps (RFC 3550 §5.1, §A.1).</summary>
public static class SequenceNumber
{
    /// <summary>How far <paramref name="a"/> is ahead of <paramref name="b"/>: -32768 to 32767.</summary>
    public static int Distance(ushort a, ushort b) => (short)(a - b);

    /// <summary>True where <paramref name="a"/> comes after <paramref name="b"/>.</summary>
    public static bool IsNewer(ushort a, ushort b) => Distance(a, b) > 0;

    /// <summary>The number with these low 16 bits that lies nearest to <paramref name="reference"/>.</summary>
    public static long Extend(ushort value, long reference) => reference + (short)(value - (ushort)reference);

    /// <summary>The timestamp with these low 32 bits that lies nearest to <paramref name="reference"/>.</summary>
    public static long ExtendTimestamp(uint value, long reference) => reference + (int)(value - (uint)reference);
}
