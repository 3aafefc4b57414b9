namespace Rooms.Tracks;

/// <summary>What the relays of all tracks have counted. Thread safe.</summary>
public sealed class RelayStatistics
{
    private long _dropped;

    /// <summary>Packets that were lost because the loop of their takers was too far behind.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    internal void CountDropped(int packets) => Interlocked.Add(ref _dropped, packets);
}
