using System.Numerics;
using Media.Scheduling;

namespace Media.Rtp;

/// <summary>
/// Puts the packets of a track in order for those who need them so, such as depacketizers: waits for what is missing, but not
/// longer than a bound of time or of packets. Holds a reference on each packet inside. One thread. After each
/// <see cref="Add"/>, and at <see cref="NextDeadline"/>, call <see cref="TryTake"/> until it says false.
/// </summary>
public sealed class ReorderBuffer : IDisposable
{
    private const int NotStarted = -1;

    private readonly RtpPacket[] _slots;
    private readonly long _maxWait;
    private RtpPacket _ahead; // does not fit before those in front of it are taken
    private long _next = NotStarted;
    private long _end;
    private int _count;

    /// <param name="maxPackets">Numbers from the oldest that is missing to the newest; a power of two.</param>
    /// <param name="maxWait">Ticks of 100 ns that a packet is held back at most.</param>
    public ReorderBuffer(int maxPackets = 1024, long maxWait = MonotonicClock.TicksPerSecond)
    {
        if (!BitOperations.IsPow2(maxPackets)) throw new ArgumentOutOfRangeException(nameof(maxPackets), maxPackets, "not a power of two");
        _slots = new RtpPacket[maxPackets];
        _maxWait = maxWait;
    }

    /// <summary>Packets inside.</summary>
    public int Count => _count + (_ahead.Buffer is null ? 0 : 1);

    /// <summary>Numbers that were not waited for any longer.</summary>
    public long Missing { get; private set; }

    /// <summary>Packets that came after their turn, or twice.</summary>
    public long Late { get; private set; }

    /// <summary>When a packet inside has waited long enough; <see cref="long.MaxValue"/> = none waits.</summary>
    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>Stores a packet and takes a reference. False: it is not needed any more.</summary>
    public bool Add(in RtpPacket packet)
    {
        long number = packet.SequenceNumber;
        if (_next == NotStarted) _next = _end = number;
        bool isKnown = number < _next || (number < _end && Slot(number).Buffer is not null) || _ahead.Buffer is not null;
        if (isKnown)
        {
            Late++;
            return false;
        }

        packet.Buffer.AddReference();
        if (number - _next >= _slots.Length) _ahead = packet;
        else Store(packet);
        return true;
    }

    /// <summary>The next packet in order, with its reference, which is the caller's to release.</summary>
    public bool TryTake(long now, out RtpPacket packet)
    {
        packet = default;
        if (_ahead.Buffer is not null && TryFitAhead()) return TryTake(now, out packet);
        if (_count == 0)
        {
            NextDeadline = long.MaxValue;
            return false;
        }

        if (Slot(_next).Buffer is null && !TrySkip(now)) return false;
        ref RtpPacket slot = ref Slot(_next);
        packet = slot;
        slot = default;
        _next++;
        _count--;
        return true;
    }

    /// <summary>Forgets everything and begins with whatever comes next.</summary>
    public void Clear()
    {
        for (; _count > 0; _next++)
        {
            ref RtpPacket slot = ref Slot(_next);
            if (slot.Buffer is null) continue;
            slot.Release();
            slot = default;
            _count--;
        }

        if (_ahead.Buffer is not null) _ahead.Release();
        _ahead = default;
        _next = NotStarted;
        NextDeadline = long.MaxValue;
    }

    public void Dispose() => Clear();

    private ref RtpPacket Slot(long number) => ref _slots[number & (_slots.Length - 1)];

    private void Store(in RtpPacket packet)
    {
        Slot(packet.SequenceNumber) = packet;
        _end = Math.Max(_end, packet.SequenceNumber + 1);
        _count++;
        NextDeadline = Math.Min(NextDeadline, packet.ArrivalTime + _maxWait);
    }

    private bool TryFitAhead()
    {
        // With nothing left before it, its place is next: what is missing in between does not come.
        if (_count == 0) Skip(_ahead.SequenceNumber);
        if (_ahead.SequenceNumber - _next >= _slots.Length) return false;
        RtpPacket packet = _ahead;
        _ahead = default;
        Store(packet);
        return true;
    }

    private bool TrySkip(long now)
    {
        long first = _next;
        while (Slot(first).Buffer is null) first++;
        NextDeadline = Slot(first).ArrivalTime + _maxWait;
        if (_ahead.Buffer is null && now < NextDeadline) return false;
        Skip(first);
        return true;
    }

    private void Skip(long to)
    {
        Missing += to - _next;
        _next = to;
    }
}
