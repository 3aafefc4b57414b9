using System.Text;
using Media.Buffers;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Stun;

namespace Protocols.Net;

/// <summary>
/// Finds the session of a datagram: a STUN check by the user name fragment that it names, all else by the route that its
/// session has validated. What another loop's socket has heard is handed over to the loop that owns it. Strangers are
/// counted and dropped without a look at more than their first bytes. Lives on its loop.
/// </summary>
public sealed class SessionTable(int loop) : IDatagramReceiver
{
    private const int Here = -1; // no other loop

    private readonly Dictionary<Route, IDatagramSession> _byRoute = [];
    private readonly Dictionary<string, IDatagramSession> _byFragment = [];
    private readonly Dictionary<IDatagramSession, List<Route>> _routes = [];
    private readonly Dictionary<Route, int> _heardElsewhere = []; // by the loop whose socket hears it
    private readonly MovedPeers _moved = new();
    private HandOver? _others;
    private int _heardBy = Here; // the datagram that is being handled

    /// <summary>Sessions that have a fragment or a route here.</summary>
    public int Count => _routes.Count;

    public SessionTableStatistics Statistics { get; } = new();

    /// <summary>What all sessions of the loop together answer to failed checks.</summary>
    public RefusalLimit Refusals { get; } = new();

    /// <summary>Where the peers of its sessions are.</summary>
    internal KnownHosts Hosts { get; } = new();

    /// <summary>Lets tables hand each other what belongs there. Before the loops run.</summary>
    /// <param name="pool">Of what is on its way.</param>
    public static void Connect(IReadOnlyList<SessionTable> tables, IReadOnlyList<MediaLoop> loops, BufferPool pool)
    {
        ArgumentNullException.ThrowIfNull(tables);
        ArgumentNullException.ThrowIfNull(loops);
        if (tables.Count < 2) return;
        for (int i = 0; i < tables.Count; i++) tables[i]._others = new HandOver(i, tables, loops, pool);
    }

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
        FollowHearer(route);
        if (_byRoute.TryGetValue(route, out IDatagramSession? before))
        {
            if (before == session) return;
            _routes[before].Remove(route);
        }
        else
        {
            Hosts.Add(route.Remote);
        }

        _byRoute[route] = session;
        if (!_routes.TryGetValue(session, out List<Route>? routes)) _routes[session] = routes = [];
        routes.Add(route);
    }

    /// <summary>Takes the route back, if it is still the session's.</summary>
    public void RemoveRoute(in Route route, IDatagramSession session)
    {
        if (!_byRoute.TryGetValue(route, out IDatagramSession? owner) || owner != session) return;
        Drop(route);
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
        foreach (Route route in routes) Drop(route);
        // Rare, and a session has few fragments: not worth a second index.
        foreach ((string fragment, IDatagramSession owner) in _byFragment)
            if (owner == session) _byFragment.Remove(fragment);
    }

    public void OnDatagram(ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        if (StunMessage.LooksLikeStun(datagram)) OnStun(datagram, route, now);
        else if (_byRoute.TryGetValue(route, out IDatagramSession? session)) session.Receive(datagram, route, now);
        else if (_others?.TryPass(datagram, route) != true) OnStray(datagram, route, now);
    }

    /// <summary>What another loop's socket has heard.</summary>
    internal void OnHandedOver(ReadOnlySpan<HandedDatagram> batch, int heardBy, long now)
    {
        foreach (HandedDatagram handed in batch)
        {
            _heardBy = heardBy;
            try
            {
                Take(handed, now);
            }
            finally
            {
                _heardBy = Here;
                handed.Block.Dispose();
            }
        }
    }

    /// <summary>Another loop's session has a route that this loop hears.</summary>
    internal void OnOwned(in Route route, int owner)
    {
        _others!.OnOwned(route, owner);
        if (!_byRoute.TryGetValue(route, out IDatagramSession? before)) return;
        Drop(route);
        _routes[before].Remove(route);
    }

    internal void OnDisowned(in Route route, int owner) => _others!.OnDisowned(route, owner);

    private void Take(in HandedDatagram handed, long now)
    {
        if (StunMessage.LooksLikeStun(handed.Data))
        {
            OnStun(handed.Data, handed.Route, now);
        }
        else if (_byRoute.TryGetValue(handed.Route, out IDatagramSession? session))
        {
            if (handed.IsStray) FollowHearer(handed.Route);
            session.Receive(handed.Data, handed.Route, now);
        }
        else if (!handed.IsStray || !TryFindMoved(handed.Data, handed.Route, now))
        {
            Statistics.UnknownRoute++;
        }
    }

    private void OnStray(ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        // No NAT moves a connection.
        if (route.Protocol == TransportProtocol.Udp
            && (TryFindMoved(datagram, route, now) || _others?.TryAskOthers(datagram, route, now) == true)) return;
        Statistics.UnknownRoute++;
    }

    private bool TryFindMoved(ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        if (!Hosts.MayContain(route.Remote) || !_moved.TryFind(_routes, datagram, route, now)) return false;
        Statistics.MovedPeers++;
        return true;
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
            else OnUnknownName(username, datagram, route);
            return;
        }

        if (_byRoute.TryGetValue(route, out IDatagramSession? session)) session.Receive(datagram, route, now);
        else if (_heardBy != Here || _others?.TryPass(datagram, route) != true) Statistics.UnknownRoute++;
    }

    /// <summary>The loop that hears a route must know whose it is.</summary>
    private void FollowHearer(in Route route)
    {
        if (_others is null) return;
        if (_heardBy == Here)
        {
            _others.Forget(route);
            _heardElsewhere.Remove(route);
            return;
        }

        _heardElsewhere[route] = _heardBy;
        _others.Announce(route, _heardBy);
    }

    private void Drop(in Route route)
    {
        if (!_byRoute.Remove(route)) return;
        Hosts.Remove(route.Remote);
        if (_heardElsewhere.Remove(route, out int heardBy)) _others!.Withdraw(route, heardBy);
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

    private void OnUnknownName(ReadOnlySpan<byte> username, ReadOnlySpan<byte> datagram, in Route route)
    {
        int owner = username.IsEmpty ? -1 : IceCredentials.LoopOf((char)username[0]);
        if (owner == loop) Statistics.UnknownFragment++;
        else if (_heardBy != Here || _others?.TryPassTo(owner, datagram, route) != true) Statistics.ForeignLoop++;
    }
}
