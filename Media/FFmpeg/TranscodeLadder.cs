using Media.Scheduling;

namespace Media.FFmpeg;

/// <summary>What a video transcoder gives up while it can't keep up with its source; each step includes those before.</summary>
public enum TranscodeStep
{
    /// <summary>The configured preset, the source's size and frame rate.</summary>
    Full,

    /// <summary>The encoder's fastest preset.</summary>
    FastPreset,

    /// <summary>Every second picture.</summary>
    HalfFrameRate,

    /// <summary>Half the width and height.</summary>
    HalfSize,
}

/// <summary>
/// Decides the <see cref="TranscodeStep"/> from how far the output lags behind the newest input. Pure: time and lag come
/// in as monotonic ticks of 100 ns.
/// </summary>
public sealed class TranscodeLadder
{
    /// <summary>More than this for <see cref="Patience"/> means falling behind.</summary>
    public const long MaxLag = 500 * MonotonicClock.TicksPerMillisecond;

    /// <summary>Less than this means headroom.</summary>
    public const long ComfortableLag = 250 * MonotonicClock.TicksPerMillisecond;

    /// <summary>A jump of the source's time looks like lag until the decoder's few held pictures are out.</summary>
    public const long Patience = 500 * MonotonicClock.TicksPerMillisecond;

    /// <summary>What a step takes to show.</summary>
    public const long Settling = 2 * MonotonicClock.TicksPerSecond;

    public const long Headroom = 30 * MonotonicClock.TicksPerSecond;

    /// <summary>A step back that proved too early doubles the wait for the next, up to this.</summary>
    public const long MaxHeadroom = 16 * Headroom;

    private long _behindSince = long.MaxValue;
    private long _comfortableSince = long.MaxValue;
    private long _changedAt = long.MinValue;
    private long _steppedBackAt = long.MinValue;
    private long _headroom = Headroom;

    public TranscodeStep Step { get; private set; }

    /// <summary>Takes the lag at this moment; true if <see cref="Step"/> changed.</summary>
    public bool Update(long now, long lag)
    {
        if (_changedAt == long.MinValue) _changedAt = now;
        _behindSince = lag > MaxLag ? Math.Min(_behindSince, now) : long.MaxValue;
        _comfortableSince = lag < ComfortableLag ? Math.Min(_comfortableSince, now) : long.MaxValue;
        if (now - _changedAt >= Settling && Since(_behindSince, now) >= Patience) return StepDown(now);
        return Step != TranscodeStep.Full && Since(_comfortableSince, now) >= _headroom && StepBack(now);
    }

    private static long Since(long start, long now) => start == long.MaxValue ? -1 : now - start;

    private bool StepDown(long now)
    {
        if (Step == TranscodeStep.HalfSize) return false;
        if (_steppedBackAt != long.MinValue && now - _steppedBackAt < Headroom)
            _headroom = Math.Min(_headroom * 2, MaxHeadroom);
        Step++;
        Changed(now);
        return true;
    }

    private bool StepBack(long now)
    {
        Step--;
        _steppedBackAt = now;
        Changed(now);
        return true;
    }

    private void Changed(long now)
    {
        _changedAt = now;
        _behindSince = long.MaxValue;
        _comfortableSince = long.MaxValue;
    }
}
