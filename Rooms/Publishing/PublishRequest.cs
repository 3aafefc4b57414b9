using Media.Scheduling;

namespace Rooms.Publishing;

/// <summary>Who wants to publish what.</summary>
/// <param name="Publication">The publication's name in the room; <c>main</c> by default.</param>
/// <param name="Entrance">The protocol entrance, such as <c>rtmp</c>: a takeover stays within one.</param>
/// <param name="Owner">What proves that it is the same party: a digest of its key, or its address where no key is set.</param>
/// <param name="Loop">Where the publisher's session lives, if it has one already; null = any loop will do.</param>
public sealed record PublishRequest(string Room, string Publication, string Entrance, string Owner, MediaLoop? Loop = null);

public enum PublishRefusal
{
    /// <summary>Somebody else publishes under that name.</summary>
    NameTaken,

    /// <summary>Two encoders keep taking the name from each other.</summary>
    TakeoverTooOften,

    TooManyRooms,

    TooManyPublications,

    ShuttingDown,
}

/// <summary>A writer where it was accepted, else the reason.</summary>
public readonly record struct PublishResult(PublicationWriter? Writer, PublishRefusal Refusal)
{
    public bool IsAccepted => Writer is not null;

    public static PublishResult Refused(PublishRefusal refusal) => new(null, refusal);
}
