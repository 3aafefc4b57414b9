namespace Media.Scheduling;

/// <summary>Monotonic time in ticks of 100 ns, taken from a <see cref="TimeProvider"/>, so that tests can step it.</summary>
public sealed class MonotonicClock(TimeProvider timeProvider)
{
    public const long TicksPerMillisecond = TimeSpan.TicksPerMillisecond;
    public const long TicksPerSecond = TimeSpan.TicksPerSecond;

    public TimeProvider TimeProvider { get; } = timeProvider;

    public long Now => TimeProvider.TimestampFrequency == TicksPerSecond
        ? TimeProvider.GetTimestamp()
        : (long)((Int128)TimeProvider.GetTimestamp() * TicksPerSecond / TimeProvider.TimestampFrequency);

    public DateTimeOffset UtcNow => TimeProvider.GetUtcNow();
}
