using System.Numerics;

namespace Media.Rtp;

/// <summary>
/// The latest packets of one track, stored once for all viewers: the current group from its keyframe on, for viewers that
/// join, and what NACKs may ask for. Holds a reference on each packet. Age is counted against the newest packet's arrival.
/// Loop thread only; adding allocates nothing once the ring has its size.
/// </summary>
public sealed class PacketHistory : IDisposable
{
    private const int InitialCapacity = 256;

    private readonly PacketHistoryOptions _options;
    private RtpPacket[] _ring = new RtpPacket[InitialCapacity];
    private long _groupStart = -1;
    private int _groupMissing;
    private long _newestArrival;

    public PacketHistory(PacketHistoryOptions? options = null)
    {
        _options = options ?? new PacketHistoryOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxPackets, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.MinAge, _options.MaxAge, nameof(options));
    }

    /// <summary>Extended sequence number of the oldest packet; equal to <see cref="Next"/> when empty.</summary>
    public long First { get; private set; }

    /// <summary>One more than the newest extended sequence number.</summary>
    public long Next { get; private set; }

    /// <summary>Payload bytes held.</summary>
    public long Bytes { get; private set; }

    public bool IsEmpty => First == Next;

    /// <summary>
    /// The first packet of the newest keyframe, or -1: none yet, or the group outgrew the bounds, or it has a hole.
    /// From here to <see cref="Next"/> every packet is there.
    /// </summary>
    public long GroupStart => _groupMissing == 0 ? _groupStart : -1;

    /// <summary>
    /// Stores a packet and takes a reference. Packets may come late and may leave holes; a jump ahead that leaves nothing
    /// of the old window starts anew. False: a duplicate, or older than everything here.
    /// </summary>
    public bool Add(in RtpPacket packet)
    {
        long sequence = packet.SequenceNumber;
        if (IsEmpty || sequence >= Next + _options.MaxPackets) Restart(sequence);
        if (sequence < First || (sequence < Next && Slot(sequence).Buffer is not null)) return false;
        if (sequence >= Next) Extend(sequence);
        else if (_groupStart >= 0 && sequence > _groupStart) _groupMissing--;

        packet.Buffer.AddReference();
        Slot(sequence) = packet;
        Bytes += packet.Length;
        _newestArrival = Math.Max(_newestArrival, packet.ArrivalTime);
        if (packet.StartsKeyframe && sequence > _groupStart) StartGroup(sequence);
        Evict();
        return true;
    }

    /// <summary>Finds a packet. It is borrowed.</summary>
    public bool TryGet(long sequence, out RtpPacket packet)
    {
        packet = default;
        if (sequence < First || sequence >= Next) return false;
        packet = Slot(sequence);
        return packet.Buffer is not null;
    }

    /// <summary>Forgets everything; the numbers go on.</summary>
    public void Clear()
    {
        while (!IsEmpty) DropFirst();
        ForgetGroup();
        _newestArrival = 0;
    }

    public void Dispose() => Clear();

    private ref RtpPacket Slot(long sequence) => ref _ring[sequence & (_ring.Length - 1)];

    private void Restart(long sequence)
    {
        Clear();
        First = Next = sequence;
    }

    private void Extend(long sequence)
    {
        // Room for the new one first: slots between First and Next must not meet.
        while (sequence - First >= _options.MaxPackets) DropFirst();
        if (sequence - First >= _ring.Length) Grow(sequence - First + 1);
        if (_groupStart >= 0) _groupMissing += (int)(sequence - Next);
        Next = sequence + 1;
    }

    private void StartGroup(long sequence)
    {
        _groupStart = sequence;
        _groupMissing = 0;
        for (long i = sequence + 1; i < Next; i++)
            if (Slot(i).Buffer is null) _groupMissing++;
    }

    private void ForgetGroup()
    {
        _groupStart = -1;
        _groupMissing = 0;
    }

    private void Evict()
    {
        if (_groupStart >= 0 && IsOlderThan(_groupStart, _options.MaxAge)) ForgetGroup();
        while (Next - First > 1 && IsDue()) DropFirst();
    }

    private bool IsDue()
    {
        if (Bytes > _options.MaxBytes || Slot(First).Buffer is null) return true;
        if (IsOlderThan(First, _options.MaxAge)) return true;
        bool isInGroup = _groupStart >= 0 && First >= _groupStart;
        return !isInGroup && First < Next - _options.MinPackets && IsOlderThan(First, _options.MinAge);
    }

    private bool IsOlderThan(long sequence, long age) => _newestArrival - Slot(sequence).ArrivalTime > age;

    private void DropFirst()
    {
        if (First == _groupStart) ForgetGroup();
        ref RtpPacket slot = ref Slot(First++);
        if (slot.Buffer is null) return;
        Bytes -= slot.Length;
        slot.Release();
        slot = default;
    }

    private void Grow(long needed)
    {
        var larger = new RtpPacket[(int)BitOperations.RoundUpToPowerOf2((uint)needed)];
        for (long i = First; i < Next; i++) larger[i & (larger.Length - 1)] = Slot(i);
        _ring = larger;
    }
}
