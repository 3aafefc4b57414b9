using Media.Scheduling;

namespace Rooms.Participants;

/// <summary>How loud somebody is, smoothed over some words. Decibels above what counts as silence.</summary>
internal sealed class VoiceActivity
{
    /// <summary>Levels below -60 dBov are the noise of rooms and microphones.</summary>
    private const int Silence = 60;

    private const double TimeConstant = 300 * MonotonicClock.TicksPerMillisecond;

    /// <summary>A packet tells of the time since the last one, up to this much; before that nothing was sent, which is silence (DTX).</summary>
    private const long LongestPacket = 120 * MonotonicClock.TicksPerMillisecond;

    private double _value;
    private long _at = long.MinValue;

    /// <param name="level">RFC 6464 §3: -dBov, 0 = loudest, 127 = silent.</param>
    public void Add(int level, long now)
    {
        long elapsed = _at == long.MinValue ? LongestPacket / 6 : Math.Max(0, now - _at);
        long told = Math.Min(elapsed, LongestPacket);
        double before = _value * Decay(elapsed - told);
        double target = Math.Max(0, Silence - level);
        _value = target + ((before - target) * Decay(told));
        _at = Math.Max(_at, now);
    }

    public double At(long now) => _at == long.MinValue ? 0 : _value * Decay(Math.Max(0, now - _at - LongestPacket));

    private static double Decay(long ticks) => Math.Exp(-ticks / TimeConstant);
}
