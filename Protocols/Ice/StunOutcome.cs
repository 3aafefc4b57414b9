namespace Protocols.Ice;

/// <summary>What became of one STUN datagram; everything but <see cref="Answered"/> is worth a counter.</summary>
public enum StunOutcome
{
    /// <summary>A good check: answered, and its route is validated.</summary>
    Answered,

    /// <summary>An indication or a response: a lite agent has no use for them.</summary>
    Ignored,
    Malformed,
    BadFingerprint,

    /// <summary>No user name or no integrity; answered with 400.</summary>
    NotSigned,

    /// <summary>The user name is not one of ours; answered with 401.</summary>
    UnknownUser,

    /// <summary>Signed with another password; answered with 401.</summary>
    BadIntegrity,

    /// <summary>An attribute that must be understood is not; answered with 420.</summary>
    UnknownAttribute,

    /// <summary>The peer means to be controlled, which only we can be; answered with 487.</summary>
    RoleConflict,

    /// <summary>The agent is closed; nothing was answered.</summary>
    Closed,
}
