namespace Protocols.Ice;

/// <summary>How an address was learnt, with its type preference (RFC 8445 §5.1.2.2).</summary>
public enum IceCandidateType
{
    Relayed = 0,
    ServerReflexive = 100,
    PeerReflexive = 110,
    Host = 126,
}
