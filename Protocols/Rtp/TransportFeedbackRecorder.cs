using Media.Rtp;
using Media.Scheduling;
using Protocols.Rtcp;

namespace Protocols.Rtp;

/// <summary>
/// When each transport-wide number arrived, until the sender is told (draft-holmer-rmcat-transport-wide-cc-extensions-01):
/// every 50 ms, or after 100 packets. A packet that comes after it was told missing is told again.
/// </summary>
internal sealed class TransportFeedbackRecorder
{
    private const int Capacity = 4096;
    private const int MaxLateness = 500;
    private const int MaxJump = 2000; // more missing than that is no loss that an estimator could learn from
    private const int PacketsPerFeedback = 100;
    private const int TicksPerUnit = 2500; // 250 us
    private const long FirstCycle = 1 << 16;
    private const long Interval = 50 * MonotonicClock.TicksPerMillisecond;

    private readonly long[] _times = new long[Capacity]; // by number; -1 = did not arrive
    private long _first;
    private long _next;
    private long _highest = -1;
    private int _pending;
    private byte _feedbackCount;

    public long NextDeadline { get; private set; } = long.MaxValue;

    public void OnPacket(ushort number, long now)
    {
        long extended = _highest < 0 ? FirstCycle + number : SequenceNumber.Extend(number, _highest);
        if (_highest < 0 || extended > _highest + MaxJump) Restart(extended);
        else if (extended > _highest) Advance(extended);
        else if (extended < _first || extended < _highest - MaxLateness || _times[Slot(extended)] >= 0) return;
        _times[Slot(extended)] = now / TicksPerUnit;
        _next = Math.Min(_next, extended);
        _pending++;
        NextDeadline = _pending >= PacketsPerFeedback ? now : Math.Min(NextDeadline, now + Interval);
    }

    /// <summary>Writes one feedback of all that fits into it; to be called until it says false.</summary>
    public bool TryWrite(ref RtcpWriter writer, uint senderSsrc, uint mediaSsrc)
    {
        NextDeadline = long.MaxValue;
        _pending = 0;
        Span<long> arrivals = stackalloc long[TransportFeedbackBuilder.MaxStatuses];
        while (_next <= _highest)
        {
            int count = (int)Math.Min(arrivals.Length, _highest - _next + 1);
            bool any = false;
            for (int i = 0; i < count; i++) any |= (arrivals[i] = _times[Slot(_next + i)]) >= 0;
            // Too far apart for one delta: less of it fits.
            while (any && count > 0)
            {
                if (TransportFeedbackBuilder.TryWrite(
                    ref writer, senderSsrc, mediaSsrc, (ushort)_next, _feedbackCount, arrivals[..count]))
                {
                    _feedbackCount++;
                    _next += count;
                    return true;
                }

                count /= 2;
                any = arrivals[..count].ContainsAnyInRange(0, long.MaxValue);
            }

            _next += Math.Max(1, count);
        }

        return false;
    }

    private static int Slot(long number) => (int)(number & (Capacity - 1));

    private void Restart(long extended)
    {
        _first = _next = _highest = extended;
    }

    private void Advance(long extended)
    {
        for (long missing = _highest + 1; missing < extended; missing++) _times[Slot(missing)] = -1;
        _highest = extended;
        _first = Math.Max(_first, _highest - Capacity + 1);
        _next = Math.Max(_next, _first);
    }
}
