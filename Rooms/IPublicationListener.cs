namespace Rooms;

/// <summary>
/// Told of every publication that begins, changes or ends, on its own loop and in time: of a track before its first frame is
/// handed on, so that who has to have all of it misses nothing.
/// </summary>
public interface IPublicationListener
{
    /// <summary>
    /// The publication began or ended, its publisher left or came back, or a track of it begins, changed or ended. What it is
    /// like now is asked of the publication.
    /// </summary>
    void OnChanged(Publication publication);
}
