using Media.Scheduling;

namespace Protocols.Rtmp;

/// <summary>When a peer that has gone silent is to be pinged and given up, and a connection without use ended.</summary>
internal sealed class RtmpLiveness(RtmpSessionOptions options, long now)
{
    internal enum Duty
    {
        None,
        Ping,
        GiveUp,
        EndUnused,
    }

    private readonly long _started = now;
    private long _lastReceived = now;
    private long _idleSince = now; // since when nothing is published
    private bool _pinged;

    internal void OnReceived(long now)
    {
        _lastReceived = now;
        _pinged = false;
    }

    internal void OnIdle(long now) => _idleSince = now;

    /// <summary>A ping is sent; returns its time in milliseconds since the connection began.</summary>
    internal uint OnPing(long now)
    {
        _pinged = true;
        return (uint)((now - _started) / MonotonicClock.TicksPerMillisecond);
    }

    internal long NextDeadline(bool mayPing, bool isPublishing)
    {
        long silence = _lastReceived + (mayPing && !_pinged ? options.PingAfter : options.SilenceLimit);
        return isPublishing ? silence : Math.Min(silence, _idleSince + options.PublishWithin);
    }

    internal Duty Due(long now, bool mayPing, bool isPublishing)
    {
        if (now >= _lastReceived + options.SilenceLimit) return Duty.GiveUp;
        if (!isPublishing && now >= _idleSince + options.PublishWithin) return Duty.EndUnused;
        return mayPing && !_pinged && now >= _lastReceived + options.PingAfter ? Duty.Ping : Duty.None;
    }
}
