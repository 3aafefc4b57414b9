using System.Collections.Immutable;
using Rooms.Participants;

namespace Gateway.Participants;

/// <summary>A participant's place in a room as signalling sees it: it outlives the connections that it is held by. Guarded by the room's lock.</summary>
internal sealed class ParticipantSession(Participant participant, ParticipantMedia media)
{
    public Participant Participant { get; } = participant;

    public ParticipantMedia Media { get; } = media;

    /// <summary>Null = it is lost.</summary>
    public ParticipantConnection? Connection { get; set; }

    /// <summary>Names of the publications whose video flows; null = all.</summary>
    public ImmutableHashSet<string>? Videos { get; set; }
}
