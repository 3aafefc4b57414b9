using System.Collections.Immutable;

namespace Rooms.Participants;

/// <summary>
/// Who is in a room: places, bounded in number, that are kept for a while when the connection is lost. Not thread safe.
/// </summary>
/// <param name="capacity">Places, those of participants who are away included.</param>
/// <param name="keepAway">How long the place of one who is away is kept.</param>
public sealed class RoomParticipants(int capacity, TimeSpan keepAway)
{
    private readonly Dictionary<string, Participant> _bySecret = new(StringComparer.Ordinal);
    private ImmutableArray<Participant> _all = [];

    /// <summary>In the order of joining.</summary>
    public ImmutableArray<Participant> All => _all;

    public bool IsEmpty => _all.IsEmpty;

    public Participant? Find(string id)
    {
        foreach (Participant participant in _all)
            if (participant.Id == id) return participant;
        return null;
    }

    /// <param name="fresh">For a new place; unused where an old one is taken again.</param>
    /// <param name="resume">The secret of a place from before; null, wrong or too late = a new one.</param>
    public JoinResult Join(string name, string? resume, ParticipantIdentity fresh, long now)
    {
        if (resume is not null && _bySecret.TryGetValue(resume, out Participant? known) && !IsOver(known, now))
        {
            known.AwaySince = null;
            known.Name = name;
            return new JoinResult(JoinOutcome.Resumed, known);
        }

        if (_all.Length >= capacity) return new JoinResult(JoinOutcome.RoomFull, null);
        var participant = new Participant(fresh, name, now);
        _bySecret.Add(fresh.ResumeSecret, participant);
        _all = _all.Add(participant);
        return new JoinResult(JoinOutcome.Joined, participant);
    }

    /// <summary>The connection is lost: the place is kept for a while.</summary>
    public void OnConnectionLost(Participant participant, long now)
    {
        if (_all.Contains(participant)) participant.AwaySince ??= now;
    }

    /// <summary>Gives the place up. False: it was given up before.</summary>
    public bool Leave(Participant participant)
    {
        if (!_bySecret.Remove(participant.ResumeSecret)) return false;
        _all = _all.Remove(participant);
        return true;
    }

    /// <summary>Takes the places of those who did not return in time, and names them.</summary>
    public ImmutableArray<Participant> Expire(long now)
    {
        ImmutableArray<Participant> over = _all.RemoveAll(participant => !IsOver(participant, now));
        foreach (Participant participant in over) Leave(participant);
        return over;
    }

    private bool IsOver(Participant participant, long now) => participant.AwaySince is { } since && now - since >= keepAway.Ticks;
}
