namespace Media.Timing;

/// <summary>
/// Puts audio frames, whose times come rounded to milliseconds, back on the grid of their samples: a frame follows the
/// one before exactly, as long as the rounded times agree with that. Where they do not (a gap, a jump, an encoder whose
/// clock drifts) the frame's own time counts and a new grid begins.
/// </summary>
internal sealed class SampleGrid
{
    /// <summary>What rounding, and a little jitter of the encoder, may explain.</summary>
    private const int ToleranceMilliseconds = 5;

    private int _rate;
    private long _last = long.MinValue;
    private long _next;

    /// <summary>The time of the frame's first sample, in samples; never less than before.</summary>
    internal long Place(long milliseconds, int rate, int frameLength)
    {
        long rounded = (milliseconds * rate + 500) / 1000;
        bool follows = _rate == rate && Math.Abs(rounded - _next) <= (long)ToleranceMilliseconds * rate / 1000;
        long time = follows ? _next : rounded;
        if (_rate == rate) time = Math.Max(time, _last);
        _rate = rate;
        _last = time;
        _next = time + frameLength;
        return time;
    }
}
