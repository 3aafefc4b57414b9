namespace Gateway.Authorization;

/// <summary>Where somebody comes in.</summary>
internal enum Entrance
{
    Rtmp,
    Whip,
    Whep,
    WebSocket,
    HttpFlv,
    Api,
    Recordings,
    RtpIn,
}

/// <summary>What they want to do there.</summary>
internal enum Right
{
    /// <summary>See which rooms there are and what is live in them.</summary>
    List,

    /// <summary>Watch or hear a publication, or a recording of one.</summary>
    View,

    Publish,

    /// <summary>Publish by ports that are opened for it: for who may manage, and for holders of the room's publish key.</summary>
    OpenPorts,

    /// <summary>Change something that is not their own: kick, start a recording, a playback, a push.</summary>
    Manage,
}

/// <summary>Who asks: their address, and whether they count as somebody at this very machine.</summary>
internal readonly record struct Remote(System.Net.IPAddress? Address, bool IsLocal);
