using System.Collections.Concurrent;

namespace Gateway.Participants;

/// <summary>Whose the WebRTC sessions of participants are, by the sessions' ids. Thread safe.</summary>
internal sealed class PeerSessions
{
    private readonly ConcurrentDictionary<string, ParticipantMedia> _owners = new();

    public void Add(string session, ParticipantMedia owner) => _owners[session] = owner;

    /// <summary>The session is over. Null: it was nobody's, or nobody's yet.</summary>
    public ParticipantMedia? Remove(string session) => _owners.TryRemove(session, out ParticipantMedia? owner) ? owner : null;
}
