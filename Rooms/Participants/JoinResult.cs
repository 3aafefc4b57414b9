namespace Rooms.Participants;

public enum JoinOutcome
{
    /// <summary>A new place.</summary>
    Joined,

    /// <summary>The place from before, whether its connection was noticed to be lost or not.</summary>
    Resumed,

    RoomFull,
}

/// <param name="Participant">Null where there was no place.</param>
public readonly record struct JoinResult(JoinOutcome Outcome, Participant? Participant);
