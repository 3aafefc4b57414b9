using System.Text;
using Media.Scheduling;
using Protocols.Net;
using Protocols.Stun;

namespace Protocols.Ice;

/// <summary>
/// The lite side of ICE (RFC 8445 §2.5): sends no checks, answers those of the peer, remembers each route that one came
/// along with the right signature, and follows the peer's nomination. The peer's own candidates are never needed: it is
/// known by where its checks come from. Sans-IO; lives on its session's loop.
/// </summary>
public sealed class IceLiteAgent
{
    public static readonly TimeSpan DisconnectedAfter = TimeSpan.FromSeconds(8);
    public static readonly TimeSpan ClosedAfter = TimeSpan.FromSeconds(25);

    /// <summary>
    /// A selected route that is silent for so long loses to one that is not, nominated or not: after a NAT has moved the
    /// peer, Firefox's consent checks (every 4 to 6 s) come from the new address without USE-CANDIDATE.
    /// </summary>
    private static readonly long SelectionHolds = 4 * MonotonicClock.TicksPerSecond;

    private const int MaxUnknownAttributes = 8;

    private readonly IIceListener _listener;
    private readonly ValidatedRoutes _routes = new();
    private readonly RefusalLimit _refusals;
    private Generation _current;
    private Generation? _previous;
    private Route _selected;
    private bool _hasSelected;
    private bool _selectedByCurrent;
    private long _lastHeard;

    /// <param name="refusals">Shared by the agents of a loop; null = one of its own.</param>
    public IceLiteAgent(IceCredentials local, IIceListener listener, long now, RefusalLimit? refusals = null)
    {
        ArgumentNullException.ThrowIfNull(local);
        _current = new Generation(local);
        _refusals = refusals ?? new RefusalLimit();
        _listener = listener;
        _lastHeard = now;
    }

    public IceState State { get; private set; }

    public IceCredentials LocalCredentials => _current.Credentials;

    /// <summary>Good checks answered so far.</summary>
    public long ChecksAnswered { get; private set; }

    /// <summary>When <see cref="Advance"/> next has something to do; <see cref="long.MaxValue"/> = never.</summary>
    public long NextDeadline => State switch
    {
        IceState.Connected => _lastHeard + DisconnectedAfter.Ticks,
        IceState.Closed => long.MaxValue,
        _ => _lastHeard + ClosedAfter.Ticks,
    };

    /// <summary>Whether datagrams from there are the peer's: true from the first good check on, before any nomination.</summary>
    public bool IsValidated(in Route route) => _routes.Contains(route);

    /// <summary>The nominated route; before a nomination the validated one heard last.</summary>
    public bool TryGetSendRoute(out Route route)
    {
        route = _hasSelected ? _selected : _routes.Latest;
        return _routes.Count > 0;
    }

    /// <summary>The nominated route, if there is one.</summary>
    public bool TryGetSelectedRoute(out Route route)
    {
        route = _selected;
        return _hasSelected;
    }

    /// <summary>
    /// New credentials for an ICE restart (RFC 8445 §9). Checks with the old ones are still answered, so that media goes
    /// on, but no longer choose the route once the new ones have.
    /// </summary>
    public void Restart(IceCredentials local)
    {
        ArgumentNullException.ThrowIfNull(local);
        _previous = _current;
        _current = new Generation(local);
        _selectedByCurrent = false;
    }

    /// <summary>Takes one STUN datagram; <paramref name="now"/> in ticks of the loop's clock.</summary>
    public StunOutcome Receive(ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        if (State == IceState.Closed) return StunOutcome.Closed;
        if (!StunMessage.TryParse(datagram, out StunMessage message)) return StunOutcome.Malformed;
        if (message.HasFingerprint && !message.IsFingerprintValid()) return StunOutcome.BadFingerprint;
        if (message.Class != StunClass.Request || message.Method != StunMessage.BindingMethod) return StunOutcome.Ignored;
        if (!message.HasIntegrity || !message.TryGet(StunAttributeType.Username, out ReadOnlySpan<byte> username))
            return Refuse(message, route, now, StunErrorCode.BadRequest, StunOutcome.NotSigned);
        Generation? generation = Find(username);
        if (generation is null) return Refuse(message, route, now, StunErrorCode.Unauthenticated, StunOutcome.UnknownUser);
        if (!message.IsIntegrityValid(generation.IntegrityKey))
            return Refuse(message, route, now, StunErrorCode.Unauthenticated, StunOutcome.BadIntegrity);
        return ReceiveAuthentic(message, generation, route, now);
    }

    /// <summary>
    /// Something that only the peer can have protected came from there, and nothing from where it was: a NAT has moved it.
    /// Its own check, which confirms the route, comes only after seconds.
    /// </summary>
    public void Follow(in Route route, long now)
    {
        if (State == IceState.Closed || _routes.Count == 0) return;
        Touch(route, now);
        Select(route, _selectedByCurrent);
    }

    /// <summary>
    /// The connection that was this route is closed (RFC 6544 §9): media takes the one heard last, until the peer
    /// nominates another or comes back by a new connection.
    /// </summary>
    public void Lose(in Route route)
    {
        if (State == IceState.Closed || !_routes.Remove(route)) return;
        _listener.OnRouteForgotten(route);
        if (!_hasSelected || !_selected.Equals(route)) return;
        _hasSelected = false;
        if (_routes.Count > 0) Select(_routes.Latest, _selectedByCurrent);
    }

    /// <summary>Looks at the silence of the peer.</summary>
    public void Advance(long now)
    {
        if (State == IceState.Connected && now - _lastHeard >= DisconnectedAfter.Ticks) Become(IceState.Disconnected);
        if (State is IceState.New or IceState.Disconnected && now - _lastHeard >= ClosedAfter.Ticks) Become(IceState.Closed);
    }

    /// <summary>Ends the agent; says nothing to anybody.</summary>
    public void Close() => State = IceState.Closed;

    private StunOutcome ReceiveAuthentic(in StunMessage message, Generation generation, in Route route, long now)
    {
        Span<ushort> unknown = stackalloc ushort[MaxUnknownAttributes];
        int unknownCount = message.CopyUnknownRequired(unknown);
        if (unknownCount > 0)
            return Refuse(message, route, now, StunErrorCode.UnknownAttribute, StunOutcome.UnknownAttribute, unknown[..unknownCount], generation.Key);
        // Both sides controlled: a lite agent can't be controlling, so the peer has to (RFC 8445 §7.3.1.1).
        if (message.Has(StunAttributeType.IceControlled))
            return Refuse(message, route, now, StunErrorCode.RoleConflict, StunOutcome.RoleConflict, [], generation.Key);

        _lastHeard = now;
        ChecksAnswered++;
        Touch(route, now);
        Span<byte> response = stackalloc byte[StunWriter.ResponseCapacity];
        int length = StunWriter.WriteBindingSuccess(response, message.TransactionId, route.Remote, generation.Key);
        _listener.OnStunResponse(response[..length], route);

        if (State != IceState.Connected) Become(IceState.Connected);
        bool isCurrent = generation == _current;
        if (WouldSelect(route, message.Has(StunAttributeType.UseCandidate), isCurrent, now)) Select(route, isCurrent);
        return StunOutcome.Answered;
    }

    private void Touch(in Route route, long now)
    {
        bool isNew = _routes.Touch(route, now, _selected, out Route? forgotten);
        if (forgotten is { } gone) _listener.OnRouteForgotten(gone);
        if (isNew) _listener.OnRouteValidated(route);
    }

    private bool WouldSelect(in Route route, bool nominated, bool isCurrent, long now)
    {
        if (_hasSelected && _selectedByCurrent && !isCurrent) return false;
        if (nominated) return true;
        return _hasSelected && !_selected.Equals(route) && now - _routes.HeardAt(_selected) >= SelectionHolds;
    }

    private void Select(in Route route, bool isCurrent)
    {
        _selectedByCurrent = isCurrent;
        if (_hasSelected && _selected.Equals(route)) return;
        _selected = route;
        _hasSelected = true;
        _listener.OnRouteSelected(route);
    }

    private void Become(IceState state)
    {
        State = state;
        _listener.OnIceStateChanged(state);
    }

    private StunOutcome Refuse(
        in StunMessage message, in Route route, long now, StunErrorCode code, StunOutcome outcome,
        ReadOnlySpan<ushort> unknown = default, ReadOnlySpan<byte> key = default)
    {
        if (!_refusals.MayAnswer(route, now)) return outcome;
        Span<byte> response = stackalloc byte[StunWriter.ResponseCapacity];
        int length = StunWriter.WriteBindingError(response, message.TransactionId, code, unknown, key);
        _listener.OnStunResponse(response[..length], route);
        return outcome;
    }

    // USERNAME = the fragment of who is asked ':' the fragment of who asks (RFC 8445 §7.2.2).
    private Generation? Find(ReadOnlySpan<byte> username)
    {
        int colon = username.IndexOf((byte)':');
        if (colon < 0) return null;
        ReadOnlySpan<byte> fragment = username[..colon];
        if (fragment.SequenceEqual(_current.Fragment)) return _current;
        return _previous is not null && fragment.SequenceEqual(_previous.Fragment) ? _previous : null;
    }

    private sealed class Generation(IceCredentials credentials)
    {
        public IceCredentials Credentials { get; } = credentials;

        public byte[] Fragment { get; } = Encoding.ASCII.GetBytes(credentials.UsernameFragment);

        public byte[] Key { get; } = Encoding.ASCII.GetBytes(credentials.Password);

        /// <summary>The same for checking what arrives.</summary>
        public readonly IntegrityKey IntegrityKey = new(Encoding.ASCII.GetBytes(credentials.Password));
    }
}
