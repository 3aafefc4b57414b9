namespace Protocols.Net;

/// <summary>
/// Finds the session of a peer whom a NAT has given another port in mid-stream: its next check would come only after
/// seconds, its reports and its media come at once. Looks at sessions of the same host only, and at few of them in a given
/// time, so that a stranger who sends garbage costs next to nothing. Lives on its loop.
/// </summary>
internal sealed class MovedPeers
{
    /// <summary>Attempts of 5 to 10 microseconds each that may be made within <see cref="Period"/>.</summary>
    public const int MostAttempts = 50;

    public const long Period = AttemptBudget.Period;

    private readonly AttemptBudget _budget = new(MostAttempts);

    public bool TryFind(Dictionary<IDatagramSession, List<Route>> sessions, ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        foreach ((IDatagramSession session, List<Route> routes) in sessions)
        {
            if (!IsOfTheSameHosts(routes, route)) continue;
            if (!_budget.MayTry(now)) return false;
            if (session.TryFollow(datagram, route, now)) return true;
        }

        return false;
    }

    private static bool IsOfTheSameHosts(List<Route> routes, in Route route)
    {
        foreach (Route known in routes)
            if (known.Local == route.Local && known.Remote.IsSameHost(route.Remote)) return true;
        return false;
    }
}
