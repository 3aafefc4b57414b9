namespace Protocols.Net;

/// <summary>What a table has counted: datagrams that found no session, by reason, and those that went to other loops.</summary>
public sealed class SessionTableStatistics
{
    /// <summary>Not STUN, and from a route that nobody has validated.</summary>
    public long UnknownRoute { get; internal set; }

    /// <summary>Peers that came from another port and were known by the protection of their media.</summary>
    public long MovedPeers { get; internal set; }

    /// <summary>STUN for a session that has ended, or never was.</summary>
    public long UnknownFragment { get; internal set; }

    /// <summary>STUN that names a loop that there is not, or that a connection can't be taken to.</summary>
    public long ForeignLoop { get; internal set; }

    /// <summary>Datagrams of other loops' sessions, handed over to them.</summary>
    public long HandedOver { get; internal set; }

    /// <summary>The same, lost because that loop was too far behind.</summary>
    public long HandOverDropped { get; internal set; }

    public long MalformedStun { get; internal set; }
}
