using System.Text;
using Protocols.Ice;
using Protocols.Stun;

namespace Protocols.Net;

/// <summary>
/// Finds the session of a datagram: a STUN check by the user name fragment that it names, all else by the route that its
/// session has validated. Strangers are counted and dropped without a look at more than their first bytes. Lives on its
/// loop.
/// </summary>
public sealed class SessionTable(int loop) : IDatagramReceiver
{
    private readonly Dictionary<Route, IDatagramSession> _byRoute = [];
    private readonly Dictionary<string, IDatagramSession> _byFragment = [];
    private readonly Dictionary<IDatagramSession, List<Route>> _routes = [];
    private readonly MovedPeers _moved = new();

    /// <summary>Sessions that have a fragment or a route here.</summary>
    public int Count => _routes.Count;

    public SessionTableStatistics Statistics { get; } = new();

    /// <summary>Makes a session known by the fragment of its credentials; false where another has it.</summary>
    public bool TryAdd(string fragment, IDatagramSession session)
    {
        if (!_byFragment.TryAdd(fragment, session)) return false;
        _routes.TryAdd(session, []);
        return true;
    }

    /// <summary>Takes back one fragment, for instance that of the credentials before the last ICE restart.</summary>
    public void RemoveFragment(string fragment) => _byFragment.Remove(fragment);

    /// <summary>Gives the route to the session that has validated it, from whoever had it before.</summary>
    public void AddRoute(in Route route, IDatagramSession session)
    {
        if (_byRoute.TryGetValue(route, out IDatagramSession? before))
        {
            if (before == session) return;
            _routes[before].Remove(route);
        }

        _byRoute[route] = session;
        if (!_routes.TryGetValue(session, out List<Route>? routes)) _routes[session] = routes = [];
        routes.Add(route);
    }

    /// <summary>Takes the route back, if it is still the session's.</summary>
    public void RemoveRoute(in Route route, IDatagramSession session)
    {
        if (!_byRoute.TryGetValue(route, out IDatagramSession? owner) || owner != session) return;
        _byRoute.Remove(route);
        _routes[session].Remove(route);
    }

    /// <summary>Whether a session has validated the route.</summary>
    public bool Contains(in Route route) => _byRoute.ContainsKey(route);

    /// <summary>The connection that was this route is closed: its session must find another one.</summary>
    public void Lose(in Route route)
    {
        if (!_byRoute.TryGetValue(route, out IDatagramSession? owner)) return;
        owner.OnRouteLost(route);
        RemoveRoute(route, owner);
    }

    /// <summary>Whether this is a check that names a session of this loop.</summary>
    public bool IsCheckOfASession(ReadOnlySpan<byte> datagram) =>
        TryReadUsername(datagram, out ReadOnlySpan<byte> username) && Find(username) is not null;

    /// <summary>The loop that owns the session that a check names; false where it is none, or names nobody.</summary>
    public static bool TryReadLoop(ReadOnlySpan<byte> datagram, out int loop)
    {
        loop = TryReadUsername(datagram, out ReadOnlySpan<byte> username) && !username.IsEmpty
            ? IceCredentials.LoopOf((char)username[0]) : -1;
        return loop >= 0;
    }

    /// <summary>Forgets a session with all that leads to it.</summary>
    public void Remove(IDatagramSession session)
    {
        if (!_routes.Remove(session, out List<Route>? routes)) return;
        foreach (Route route in routes) _byRoute.Remove(route);
        // Rare, and a session has few fragments: not worth a second index.
        foreach ((string fragment, IDatagramSession owner) in _byFragment)
            if (owner == session) _byFragment.Remove(fragment);
    }

    public void OnDatagram(ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        if (StunMessage.LooksLikeStun(datagram))
        {
            OnStun(datagram, route, now);
            return;
        }

        if (_byRoute.TryGetValue(route, out IDatagramSession? session)) session.Receive(datagram, route, now);
        else if (_moved.TryFind(_routes, datagram, route, now)) Statistics.MovedPeers++;
        else Statistics.UnknownRoute++;
    }

    private void OnStun(ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        if (!StunMessage.TryParse(datagram, out StunMessage message))
        {
            Statistics.MalformedStun++;
            return;
        }

        // The name decides even on a known route: a page that was loaded again may come from the same port.
        if (message.TryGet(StunAttributeType.Username, out ReadOnlySpan<byte> username))
        {
            if (Find(username) is { } named) named.Receive(datagram, route, now);
            else CountStranger(username);
            return;
        }

        if (_byRoute.TryGetValue(route, out IDatagramSession? session)) session.Receive(datagram, route, now);
        else Statistics.UnknownRoute++;
    }

    private static bool TryReadUsername(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> username)
    {
        username = default;
        return StunMessage.TryParse(datagram, out StunMessage message)
            && message is { Class: StunClass.Request, Method: StunMessage.BindingMethod }
            && message.TryGet(StunAttributeType.Username, out username);
    }

    private IDatagramSession? Find(ReadOnlySpan<byte> username)
    {
        // USERNAME = our fragment ':' theirs; ours are short.
        Span<char> fragment = stackalloc char[32];
        int colon = username.IndexOf((byte)':');
        if (colon < 0 || colon > fragment.Length) return null;
        Encoding.Latin1.GetChars(username[..colon], fragment);
        return _byFragment.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(fragment[..colon], out IDatagramSession? session) ? session : null;
    }

    // With several loops a check may be heard by another one than its owner's.
    private void CountStranger(ReadOnlySpan<byte> username)
    {
        int owner = username.IsEmpty ? -1 : IceCredentials.LoopOf((char)username[0]);
        if (owner == loop) Statistics.UnknownFragment++;
        else Statistics.ForeignLoop++;
    }
}

/// <summary>Datagrams that found no session, by reason.</summary>
public sealed class SessionTableStatistics
{
    /// <summary>Not STUN, and from a route that nobody has validated.</summary>
    public long UnknownRoute { get; internal set; }

    /// <summary>Peers that came from another port and were known by the protection of their media.</summary>
    public long MovedPeers { get; internal set; }

    /// <summary>STUN for a session that has ended, or never was.</summary>
    public long UnknownFragment { get; internal set; }

    /// <summary>STUN for a session of another loop.</summary>
    public long ForeignLoop { get; internal set; }

    public long MalformedStun { get; internal set; }
}
