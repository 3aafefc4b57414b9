namespace Rooms.Publishing;

/// <summary>The party behind a publication, told from above when it must go.</summary>
public interface IPublisher
{
    /// <summary>The publication is no longer its: taken over, kicked or shut down. Any thread.</summary>
    void OnRemoved(CloseReason reason);
}
