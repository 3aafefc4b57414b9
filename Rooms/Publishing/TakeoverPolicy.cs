namespace Rooms.Publishing;

/// <summary>What happens when a publisher asks for a name that is live.</summary>
public enum TakeoverPolicy
{
    /// <summary>The same entrance and owner takes it over.</summary>
    SameCredential,

    /// <summary>Nobody does, until the publisher has gone.</summary>
    Reject,

    /// <summary>The same entrance and owner, and only when no media came for five seconds.</summary>
    WhenIdle,
}
