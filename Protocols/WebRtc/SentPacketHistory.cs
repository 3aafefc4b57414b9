using Media.Scheduling;

namespace Protocols.WebRtc;

/// <summary>
/// When each transport-wide sequence number left and how large it was, for as long as feedback may still ask. The
/// bandwidth estimator joins it with the receiver's arrival times. A ring that is as large as its stream is fast: who is
/// sent sound alone needs a few hundred bytes, and most memory of a viewer would be this.
/// </summary>
public sealed class SentPacketHistory
{
    /// <summary>Four seconds of 5 Mbit/s.</summary>
    private const int MostPackets = 2048;
    private const int FewestPackets = 64;

    /// <summary>Feedback comes each 100 ms and takes a round trip; what is younger is not given up where there is room to grow.</summary>
    private const long KeptFor = 2 * MonotonicClock.TicksPerSecond;

    private Entry[] _entries = new Entry[FewestPackets];

    /// <param name="size">Bytes of the UDP payload.</param>
    public void Add(ushort number, long now, int size)
    {
        Entry replaced = _entries[number % _entries.Length];
        if (replaced.Size > 0 && _entries.Length < MostPackets && replaced.Number != number && now - replaced.Time < KeptFor) Grow();
        _entries[number % _entries.Length] = new Entry(now, number, (ushort)size);
    }

    public bool TryGet(ushort number, out long sentAt, out int size)
    {
        Entry entry = _entries[number % _entries.Length];
        (sentAt, size) = (entry.Time, entry.Size);
        return size > 0 && entry.Number == number;
    }

    // Lengths are powers of two, so each entry has a place of its own in the larger ring.
    private void Grow()
    {
        Entry[] before = _entries;
        _entries = new Entry[2 * before.Length];
        foreach (Entry entry in before)
            if (entry.Size > 0) _entries[entry.Number % _entries.Length] = entry;
    }

    private readonly record struct Entry(long Time, ushort Number, ushort Size);
}
