using Media.Rtp;
using Media.Scheduling;

namespace Egress.WebRtc;

/// <summary>The pace of one fast start: a cursor over the source's history that moves faster than real time.</summary>
internal sealed class Burst(FastStartOptions options, int clockRate)
{
    /// <summary>How long a pause follows a full portion.</summary>
    private const long PortionInterval = 10 * MonotonicClock.TicksPerMillisecond;

    private int _speed;
    private long _startTimestamp;
    private long _startTime;
    private long _lastTimestamp;
    private long _notBefore;

    /// <summary>The source's sequence number to be sent next.</summary>
    public long Cursor { get; private set; }

    public bool IsSlowed { get; private set; }

    public void Begin(in RtpPacket first, long packets, long now)
    {
        Cursor = first.SequenceNumber;
        _speed = packets > options.LongBurstPackets ? Math.Min(options.Speed, options.MaxSpeedOfLongBurst) : options.Speed;
        _startTimestamp = _lastTimestamp = first.Timestamp;
        _startTime = _notBefore = now;
        IsSlowed = false;
    }

    /// <summary>The packet at the cursor was sent.</summary>
    public void MoveOn(in RtpPacket packet)
    {
        Cursor = packet.SequenceNumber + 1;
        _lastTimestamp = packet.Timestamp;
    }

    /// <summary>Is it of the frame that was sent last?</summary>
    public bool IsSameFrame(in RtpPacket packet) => packet.Timestamp == _lastTimestamp;

    /// <summary>When a packet with this timestamp may leave.</summary>
    public long DueAt(long timestamp)
    {
        long ahead = (timestamp - _startTimestamp) * MonotonicClock.TicksPerSecond / ((long)clockRate * _speed);
        return Math.Max(_startTime + ahead, _notBefore);
    }

    /// <summary>A full portion left: the rest waits, and what was to come later moves with it.</summary>
    public void Pause(long now)
    {
        _notBefore = now + PortionInterval;
        Rebase(_notBefore);
    }

    /// <summary>Packets were lost: slower from here on.</summary>
    public void SlowDown(long now)
    {
        if (IsSlowed || _speed <= options.SpeedAfterLoss) return;
        IsSlowed = true;
        _speed = options.SpeedAfterLoss;
        Rebase(now);
    }

    private void Rebase(long now)
    {
        _startTimestamp = _lastTimestamp;
        _startTime = now;
    }
}
