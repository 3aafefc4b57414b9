namespace Rooms;

/// <summary>A party that takes tracks of a publication, as the API shows it. Home loop only.</summary>
public abstract class Subscriber(string id, string entrance, DateTimeOffset since)
{
    public string Id { get; } = id;

    /// <summary>The protocol entrance, such as <c>whep</c>.</summary>
    public string Entrance { get; } = entrance;

    public DateTimeOffset Since { get; } = since;

    /// <summary>What it gets just now.</summary>
    public abstract SubscriberSnapshot Snapshot();

    /// <summary>Ends its session; idempotent.</summary>
    public abstract void Close(CloseReason reason);
}
