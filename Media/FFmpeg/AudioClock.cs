namespace Media.FFmpeg;

/// <summary>
/// Decides how a transcoded audio track follows its source's timestamps. Output is counted in samples from the first
/// timestamp; the source's timestamps jitter by a millisecond (FLV) and may drift, since the encoder's sound card and
/// clock disagree. Jitter is ignored, drift is followed by stretching the sound, a jump starts anew. Pure; one thread.
/// </summary>
internal sealed class AudioClock
{
    /// <summary>A single timestamp this far off is a jump: the sound starts anew at the new time.</summary>
    public const double JumpSeconds = 0.2;

    /// <summary>So is a smaller step that stays: stretching it away would leave lips out of sync for many seconds.</summary>
    public const double StepSeconds = 0.08;

    /// <summary>5 ms per second = 9 cents: the most that is done to the pitch.</summary>
    public const double MaxSlew = 0.005;

    // Stretching starts above what millisecond timestamps and their jitter cause, and ends well below.
    private const double StartSeconds = 0.003;
    private const double StopSeconds = 0.0005;
    private const double GainPerSecond = 0.1;
    private const double SmoothingSeconds = 1;

    private double _originSeconds;
    private double _countedSeconds;
    private double _stretchedSeconds;
    private double _smoothedError;
    private bool _started;

    /// <summary>Part by which the sound is to be stretched (positive: played slower).</summary>
    public double Slew { get; private set; }

    /// <summary>How far the source's timestamps are ahead of the output's count, smoothed.</summary>
    public double ErrorSeconds => _smoothedError;

    /// <summary>
    /// Takes the time and length of the next decoded frame; true if output has to start anew at its time (always so
    /// for the first).
    /// </summary>
    public bool Advance(double timeSeconds, double durationSeconds)
    {
        double error = timeSeconds - _originSeconds - _countedSeconds - _stretchedSeconds;
        bool restart = !_started || Math.Abs(error) > JumpSeconds || Math.Abs(_smoothedError) > StepSeconds;
        if (restart) Restart(timeSeconds);
        else Follow(error, durationSeconds);
        _countedSeconds += durationSeconds;
        _stretchedSeconds += Slew * durationSeconds;
        return restart;
    }

    private void Restart(double timeSeconds)
    {
        _started = true;
        _originSeconds = timeSeconds;
        _countedSeconds = 0;
        _stretchedSeconds = 0;
        _smoothedError = 0;
        Slew = 0;
    }

    private void Follow(double error, double durationSeconds)
    {
        _smoothedError += (error - _smoothedError) * Math.Min(1, durationSeconds / SmoothingSeconds);
        double size = Math.Abs(_smoothedError);
        if (size > StartSeconds || (Slew != 0 && size > StopSeconds))
            Slew = Math.Clamp(_smoothedError * GainPerSecond, -MaxSlew, MaxSlew);
        else
            Slew = 0;
    }
}
