using Rooms;
using Rooms.Publishing;

namespace Ingest.WebRtc;

/// <summary>
/// A publication that a session feeds, and the party whom the registry tells when it is taken away. Loop of the
/// publication, but for <see cref="OnRemoved"/>.
/// </summary>
internal sealed class PublisherPlace(Action<PublisherPlace, CloseReason> onRemoved) : IPublisher
{
    private const int NotRemoved = -1;

    private PublicationWriter? _writer;
    private int _removed = NotRemoved; // a CloseReason once the place is another's
    private bool _told;

    /// <summary>Told on the loop, once; who takes a place over hears of it from then on.</summary>
    public Action<PublisherPlace, CloseReason> Removed { get; set; } = onRemoved;

    public PublicationWriter Writer => _writer!;

    public Publication Publication => Writer.Publication;

    /// <summary>Any thread.</summary>
    public void OnRemoved(CloseReason reason)
    {
        // Where it has no writer yet, Open looks: one of the two sees what the other wrote.
        Interlocked.Exchange(ref _removed, (int)reason);
        if (Volatile.Read(ref _writer) is { } writer) writer.Publication.Loop.Post(Tell);
    }

    /// <summary>The registry has given the place out.</summary>
    public void Open(PublicationWriter writer)
    {
        Interlocked.Exchange(ref _writer, writer);
        if (Volatile.Read(ref _removed) != NotRemoved) writer.Publication.Loop.Post(Tell);
    }

    private void Tell()
    {
        if (_told) return;
        _told = true;
        Removed(this, (CloseReason)Volatile.Read(ref _removed));
    }
}
