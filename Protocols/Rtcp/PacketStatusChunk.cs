namespace Protocols.Rtcp;

/// <summary>Sixteen bits that tell what became of 1 to 8191 packets (transport-wide-cc draft §3.1.2 to 3.1.4).</summary>
/// <remarks>
/// <code>
/// |0| S |       Run Length        |   run of one status
/// |1|0|        14 one-bit symbols |   received with small delta, or not
/// |1|1|         7 two-bit symbols |   0 not received, 1 small delta, 2 large delta, 3 reserved
/// </code>
/// </remarks>
internal readonly struct PacketStatusChunk(ushort bits)
{
    public const int NotReceived = 0;
    public const int SmallDelta = 1;
    public const int LargeDelta = 2;
    public const int SymbolsPerVector = 7;

    private bool IsRun => (bits & 0x8000) == 0;

    private bool HasTwoBitSymbols => (bits & 0x4000) != 0;

    public int Count => IsRun ? bits & 0x1FFF : HasTwoBitSymbols ? SymbolsPerVector : 14;

    public int this[int index] =>
        IsRun ? (bits >> 13) & 3
        : HasTwoBitSymbols ? (bits >> (12 - (2 * index))) & 3
        : (bits >> (13 - index)) & 1;

    public static PacketStatusChunk Vector(ReadOnlySpan<byte> statuses)
    {
        int bits = 0xC000;
        for (int i = 0; i < statuses.Length; i++) bits |= statuses[i] << (12 - (2 * i));
        return new PacketStatusChunk((ushort)bits);
    }

    public ushort ToBits() => bits;

    /// <summary>Bytes that the deltas of the first <paramref name="count"/> packets take.</summary>
    public int DeltaLength(int count)
    {
        if (IsRun) return count * DeltaLengthOf(this[0]);
        int length = 0;
        for (int i = 0; i < count; i++) length += DeltaLengthOf(this[i]);
        return length;
    }

    public static int DeltaLengthOf(int status) => status is SmallDelta or LargeDelta ? status : 0;
}
