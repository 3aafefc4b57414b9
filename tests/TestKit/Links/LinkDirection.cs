namespace TestKit.Links;

/// <summary>Decides what becomes of each datagram in one direction. Pure: time comes in, chance from a seed.</summary>
public sealed class LinkDirection(LinkSettings settings, int seed)
{
    private const int HeaderBytes = 28; // IPv4 and UDP

    private readonly Random _random = new(seed);
    private double _lineFree;
    private double _lastArrival;
    private bool _inBurst;

    /// <summary>May be changed at any time.</summary>
    public LinkSettings Settings { get; set; } = settings;

    public long Passed { get; private set; }

    public long Lost { get; private set; }

    /// <param name="length">UDP payload in bytes.</param>
    /// <param name="now">Milliseconds of any clock that does not go back.</param>
    /// <param name="arrival">When it comes out at the other end.</param>
    /// <returns>False: it is lost.</returns>
    public bool TryPass(int length, double now, out double arrival)
    {
        arrival = 0;
        if (IsLost(length) || !TryQueue(length, now, out double sent))
        {
            Lost++;
            return false;
        }

        Passed++;
        arrival = sent + Settings.Delay + (_random.NextDouble() * Settings.Jitter);
        if (Happens(Settings.Reorder))
        {
            arrival += Settings.ReorderDelay;
            return true;
        }

        _lastArrival = arrival = Math.Max(arrival, _lastArrival);
        return true;
    }

    private bool IsLost(int length)
    {
        bool random = Happens(Settings.Loss); // always drawn, so that settings of the same seed stay comparable
        _inBurst = _inBurst ? !Happens(1 / Math.Max(1, Settings.BurstLength)) : Happens(Settings.BurstLoss);
        return Settings.IsDown || length + HeaderBytes > Settings.Mtu || random || _inBurst;
    }

    private bool TryQueue(int length, double now, out double sent)
    {
        sent = now;
        if (Settings.Rate <= 0) return true;
        double bitsPerMillisecond = Settings.Rate / 1000;
        double waiting = Math.Max(0, _lineFree - now) * bitsPerMillisecond / 8;
        if (waiting + length > Settings.QueueBytes) return false;
        sent = _lineFree = Math.Max(now, _lineFree) + ((length + HeaderBytes) * 8 / bitsPerMillisecond);
        return true;
    }

    private bool Happens(double chance) => _random.NextDouble() < chance;
}
