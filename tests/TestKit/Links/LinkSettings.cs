namespace TestKit.Links;

/// <summary>What one direction of a link does to datagrams. Times in milliseconds, chances from 0 to 1.</summary>
public sealed record LinkSettings
{
    /// <summary>Bits per second; 0 = no limit.</summary>
    public double Rate { get; init; }

    /// <summary>How much may wait for a link with a rate; what comes on top is lost.</summary>
    public int QueueBytes { get; init; } = 64 * 1024;

    public double Delay { get; init; }

    /// <summary>Up to so much is added at random, without reordering.</summary>
    public double Jitter { get; init; }

    /// <summary>Each datagram by itself.</summary>
    public double Loss { get; init; }

    /// <summary>The chance that a burst of losses begins with a datagram.</summary>
    public double BurstLoss { get; init; }

    /// <summary>How many datagrams a burst takes, on average.</summary>
    public double BurstLength { get; init; } = 5;

    /// <summary>The chance that a datagram comes later than those behind it.</summary>
    public double Reorder { get; init; }

    /// <summary>By how much such a datagram is late.</summary>
    public double ReorderDelay { get; init; } = 10;

    /// <summary>The largest IP packet that passes, headers included.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Nothing passes.</summary>
    public bool IsDown { get; init; }
}
