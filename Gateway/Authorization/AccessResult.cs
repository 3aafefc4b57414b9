namespace Gateway.Authorization;

internal enum AccessDecision
{
    Granted,

    /// <summary>No key came, and one is needed.</summary>
    KeyRequired,

    /// <summary>A key came, but not the right one.</summary>
    KeyWrong,

    /// <summary>Only for callers on this machine, or with the admin key.</summary>
    LocalOnly,
}

/// <param name="Owner">
/// The same for two callers who may take over each other's publication: same entrance and same key, or, where no key is
/// set, same address. Says nothing about the key itself.
/// </param>
internal readonly record struct AccessResult(AccessDecision Decision, string Owner)
{
    public bool IsGranted => Decision == AccessDecision.Granted;
}
