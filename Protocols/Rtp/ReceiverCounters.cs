namespace Protocols.Rtp;

/// <summary>What a publisher sent that was not handed on. Read it on the session's loop.</summary>
public sealed class ReceiverCounters
{
    internal long Unassigned;
    internal long Surplus;
    internal long Retired;

    /// <summary>Packets that belong to no section or encoding that was negotiated.</summary>
    public long UnassignedPackets => Unassigned;

    /// <summary>Packets of sources beyond those that a publisher may have.</summary>
    public long SurplusPackets => Surplus;

    /// <summary>Packets of sources that others have replaced, and their retransmissions.</summary>
    public long RetiredPackets => Retired;

    /// <summary>Payload types that are not those of the section.</summary>
    public long WrongPayloadTypes { get; internal set; }

    /// <summary>Padding or nothing: swallowed, their numbers closed up.</summary>
    public long EmptyPackets { get; internal set; }

    /// <summary>Came twice, or too late to be of use.</summary>
    public long UselessPackets { get; internal set; }

    /// <summary>RTCP that contradicts itself or names sources that are none of this publisher's.</summary>
    public long StrangeRtcp { get; internal set; }
}
