namespace Media.Scheduling;

/// <summary>Monotonic time in ticks of 100 ns, taken from a <see cref="TimeProvider"/>, so that tests can step it.</summary>
public sealed class MonotonicClock(TimeProvider timeProvider)
{
    public const long TicksPerMillisecond = TimeSpan.TicksPerMillisecond;
    public const long TicksPerSecond = TimeSpan.TicksPerSecond;

    // 100 on Linux, whose timestamps are nanoseconds; 0 where one is no multiple of the other
    private readonly long _divisor = timeProvider.TimestampFrequency % TicksPerSecond == 0 ? timeProvider.TimestampFrequency / TicksPerSecond : 0;

    public TimeProvider TimeProvider { get; } = timeProvider;

    public long Now => _divisor > 0
        ? TimeProvider.GetTimestamp() / _divisor
        : (long)((Int128)TimeProvider.GetTimestamp() * TicksPerSecond / TimeProvider.TimestampFrequency);

    public DateTimeOffset UtcNow => TimeProvider.GetUtcNow();
}
