using Protocols.Ice;
using Protocols.Net;

namespace Protocols.WebRtc;

/// <summary>How the datagrams of one session find it: by its user name fragments and its routes. Session's loop.</summary>
public sealed class SessionPlace(SessionTable table, IDatagramSession owner)
{
    private string? _current;
    private string? _previous;

    /// <summary>
    /// New credentials, at the start and at an ICE restart: the generation before stays valid until the new one is used,
    /// the one before that is gone.
    /// </summary>
    public void Announce(IceCredentials credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        if (!table.TryAdd(credentials.UsernameFragment, owner))
            throw new InvalidOperationException("Two sessions have one user name fragment.");
        if (_previous is { } old) table.RemoveFragment(old);
        (_previous, _current) = (_current, credentials.UsernameFragment);
    }

    public void Add(in Route route) => table.AddRoute(route, owner);

    public void Remove(in Route route) => table.RemoveRoute(route, owner);

    /// <summary>Nothing leads to the session any more.</summary>
    public void Leave() => table.Remove(owner);
}
