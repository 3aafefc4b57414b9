using System.Collections.Immutable;

namespace Rooms.Participants;

/// <summary>Somebody in a room of many: who they are, and what they have said of themselves. Changed by <see cref="RoomParticipants"/> and its owner only.</summary>
public sealed class Participant
{
    private ImmutableHashSet<ParticipantTrack> _muted = [];

    internal Participant(ParticipantIdentity identity, string name, long now) =>
        (Id, ResumeSecret, Name, JoinedAt) = (identity.Id, identity.ResumeSecret, name, now);

    public string Id { get; }

    /// <summary>Who knows it has this place. Not for logs, lists or others.</summary>
    public string ResumeSecret { get; }

    /// <summary>What others see.</summary>
    public string Name { get; internal set; }

    /// <summary>Monotonic time.</summary>
    public long JoinedAt { get; }

    /// <summary>Since when the connection is lost; null = it is there.</summary>
    public long? AwaySince { get; internal set; }

    public bool IsAway => AwaySince is not null;

    /// <summary>How many cameras this participant wants to get; null = all.</summary>
    public int? LastN { get; set; }

    public bool IsMuted(ParticipantTrack track) => _muted.Contains(track);

    /// <summary>False: nothing changed by it.</summary>
    public bool Mute(ParticipantTrack track, bool muted)
    {
        ImmutableHashSet<ParticipantTrack> before = _muted;
        _muted = muted ? before.Add(track) : before.Remove(track);
        return _muted != before;
    }

    public override string ToString() => Id;
}

/// <summary>A new participant's names, made by chance.</summary>
/// <param name="Id">Public: names its publications too.</param>
/// <param name="ResumeSecret">Hard to guess.</param>
public readonly record struct ParticipantIdentity(string Id, string ResumeSecret);
