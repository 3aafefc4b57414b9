using Media;
using Rooms.Tracks;

namespace Rooms.Publishing;

/// <summary>
/// The way in for one publisher. Frames it takes on the publisher's own thread and brings them to the publication's home
/// loop; packets, through <see cref="AddEncoding"/>, only on that loop.
/// </summary>
public sealed class PublicationWriter
{
    private readonly FrameInbox _inbox;

    internal PublicationWriter(Publication publication)
    {
        Publication = publication;
        _inbox = new FrameInbox(publication.Loop, frame => publication.OnFrame(this, frame));
    }

    public Publication Publication { get; }

    /// <summary>Frames that were lost because the loop could not keep up.</summary>
    public long Dropped => _inbox.Dropped;

    /// <summary>Hands over one borrowed frame. False: the publication is no longer this publisher's.</summary>
    public bool Write(in MediaFrame frame) => _inbox.Write(frame);

    /// <summary>Whether packets of this publisher have a place to go to. Loop thread.</summary>
    public bool IsCurrent => Publication.IsCurrent(this);

    internal PublisherClock Clock { get; } = new();

    /// <summary>A medium in packets, or one of its encodings. Loop thread.</summary>
    /// <param name="format">The codec and its clock rate; what the packets tell themselves is added.</param>
    /// <param name="source">Is asked for keyframes.</param>
    /// <param name="rid">The publisher's name for the encoding; empty where it has none.</param>
    public PacketEncoding AddEncoding(TrackFormat format, IKeyframeSource source, string rid = "") => new(this, format, source, rid);

    /// <summary>The publisher no longer sends that medium; nothing happens where one of its encodings still does.</summary>
    public void EndTrack(MediaKind kind, CloseReason reason) => Publication.Loop.Post(() => Publication.OnTrackEnded(this, kind, reason));

    /// <summary>The publisher leaves; the publication stays a while for its return.</summary>
    public void Close(CloseReason reason)
    {
        if (_inbox.Close()) Publication.Loop.Post(() => Publication.OnWriterClosed(this, reason));
    }

    /// <summary>Another publisher has the place now: later writes are refused, what is queued is dropped.</summary>
    internal void Detach() => _inbox.Discard();
}
