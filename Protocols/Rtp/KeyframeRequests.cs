using Media.Scheduling;

namespace Protocols.Rtp;

/// <summary>
/// When to ask one source for a keyframe: at once where somebody needs one, but seldom, however many need it, and again
/// while none comes and the source sends something.
/// </summary>
/// <param name="isPossible">False: the source does not read requests, so that none is sent.</param>
internal sealed class KeyframeRequests(long minInterval, bool isPossible = true)
{
    private const long RetryInterval = MonotonicClock.TicksPerSecond;

    private bool _isWanted;
    private bool _hasPacketSince = true;
    private long _lastSent = long.MinValue / 2;

    public long NextDeadline { get; private set; } = long.MaxValue;

    public long Sent { get; private set; }

    public void Request(long now)
    {
        if (_isWanted || !isPossible) return;
        _isWanted = true;
        NextDeadline = Math.Max(now, _lastSent + minInterval);
    }

    /// <summary>The first packet of a keyframe is here.</summary>
    public void OnKeyframe()
    {
        _isWanted = false;
        NextDeadline = long.MaxValue;
    }

    public void OnPacket(long now)
    {
        if (_hasPacketSince) return;
        _hasPacketSince = true;
        if (_isWanted) NextDeadline = Math.Max(now, _lastSent + RetryInterval);
    }

    /// <summary>True: a request is to be sent now.</summary>
    public bool TryTake(long now)
    {
        if (now < NextDeadline) return false;
        _lastSent = now;
        Sent++;
        // A source that is paused or gone is not asked again before it shows a sign of life.
        NextDeadline = long.MaxValue;
        _hasPacketSince = false;
        return true;
    }
}
