namespace Media.Containers;

/// <summary>Times of files from one clock rate to another, without overflow and without drift.</summary>
internal static class MediaTime
{
    public const long TicksPerSecond = TimeSpan.TicksPerSecond;

    /// <summary>Rounded down, also below zero; held within 64 bits.</summary>
    public static long Rescale(long time, long from, long to) => Divide((Int128)time * to, from);

    /// <summary>Rounded to the nearest.</summary>
    public static long RescaleNearest(long time, long from, long to) => Divide(((Int128)time * to) + (from / 2), from);

    private static long Divide(Int128 product, long from)
    {
        Int128 scaled = product / from;
        if (product < 0 && product % from != 0) scaled--;
        return scaled > long.MaxValue ? long.MaxValue : scaled < long.MinValue ? long.MinValue : (long)scaled;
    }

    public static long ToTicks(long time, int clockRate) => Rescale(time, clockRate, TicksPerSecond);

    public static TimeSpan ToSpan(long time, long clockRate) => new(Rescale(time, clockRate, TicksPerSecond));
}
