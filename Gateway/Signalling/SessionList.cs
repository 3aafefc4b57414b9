using System.Collections.Concurrent;
using Rooms;

namespace Gateway.Signalling;

/// <summary>The sessions of one kind that are open, by secret. Thread safe.</summary>
internal sealed class SessionList<TSession> where TSession : SignallingSession
{
    private readonly ConcurrentDictionary<string, TSession> _bySecret = new();
    private readonly ConcurrentDictionary<string, TSession> _byPeer = new();

    public TSession? Find(string secret) => _bySecret.GetValueOrDefault(secret);

    public void Add(TSession session)
    {
        _bySecret[session.Secret] = session;
        _byPeer[session.PeerId] = session;
    }

    /// <summary>False: it was not, or no longer, in the list.</summary>
    public bool Remove(string peerId, CloseReason reason)
    {
        if (!_byPeer.TryRemove(peerId, out TSession? session)) return false;
        _bySecret.TryRemove(session.Secret, out _);
        session.End(reason);
        return true;
    }
}
