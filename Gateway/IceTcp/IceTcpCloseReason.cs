namespace Gateway.IceTcp;

/// <summary>Why a connection ended; a tag of the counter as well.</summary>
internal enum IceTcpCloseReason
{
    /// <summary>The peer closed it, or it broke.</summary>
    PeerClosed,

    /// <summary>Nothing whole came within the first seconds.</summary>
    Silent,

    /// <summary>What came is not framed as RFC 4571 says.</summary>
    NotFramed,

    /// <summary>No session is behind it: what came is no check of one, or the session has ended.</summary>
    NoSession,

    /// <summary>One host has too many connections that no session has taken yet.</summary>
    TooMany,

    ShuttingDown,
}
