namespace Protocols.WebRtc;

/// <summary>
/// When each transport-wide sequence number left and how large it was, for as long as feedback may still ask: a ring of
/// the last 2048. The bandwidth estimator joins it with the receiver's arrival times.
/// </summary>
public sealed class SentPacketHistory
{
    private const int Capacity = 2048; // four seconds of 5 Mbit/s

    private readonly long[] _times = new long[Capacity];
    private readonly ushort[] _sizes = new ushort[Capacity];
    private readonly ushort[] _numbers = new ushort[Capacity];

    /// <param name="size">Bytes of the UDP payload.</param>
    public void Add(ushort number, long now, int size)
    {
        int slot = number % Capacity;
        _times[slot] = now;
        _sizes[slot] = (ushort)size;
        _numbers[slot] = number;
    }

    public bool TryGet(ushort number, out long sentAt, out int size)
    {
        int slot = number % Capacity;
        sentAt = _times[slot];
        size = _sizes[slot];
        return size > 0 && _numbers[slot] == number;
    }
}
