using System.Collections.Immutable;
using Media;
using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc;

/// <summary>A codec in which a section can be sent, and how.</summary>
internal sealed record ViewerFormat(Codec Codec, RtpRewriter Rewriter);

/// <summary>
/// One section of a viewer: finds the track behind it, in the source's codec where that was agreed on, else converted, and
/// anew whenever that track ends. Loop of the viewer's session only.
/// </summary>
internal sealed class ViewerTrack : IForwardedTrackListener, IDisposable
{
    private readonly ViewerMedia _media;
    private readonly ImmutableArray<ViewerFormat> _formats;
    private string? _encodingId;

    public ViewerTrack(ViewerMedia media, MediaKind kind, ImmutableArray<ViewerFormat> formats, OutgoingStream stream, FastStartOptions options)
    {
        _media = media;
        _formats = formats;
        Forwarded = new ForwardedTrack(kind, stream, options, this);
    }

    public ForwardedTrack Forwarded { get; }

    public MediaKind Kind => Forwarded.Kind;

    public OutgoingStream Stream => Forwarded.Stream;

    /// <summary>Why there is no source, or null.</summary>
    public string? Reason { get; private set; }

    /// <summary>Nothing is sent until it is resumed.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>A section that was added to a running session begins only when the viewer has read the answer.</summary>
    public long StartAt { get; init; } = long.MinValue;

    public bool IsStarted => Forwarded.State != ForwardingState.Idle;

    /// <summary>Takes the source there is. False: it may appear, or become possible, later.</summary>
    public bool TryAttach(Publication publication, long now)
    {
        if (IsPaused || Forwarded.Source is not null) return true;
        Reason = null;
        foreach (ViewerFormat format in InOrder(SendableCodecs.Of(publication, Kind)))
        {
            TrackView view = Find(publication, format.Codec);
            Reason ??= view.Reason;
            if (view.Track is not PacketTrack track) continue;
            Reason = null;
            Stream.Use(format.Rewriter);
            Forwarded.Attach(track, now);
            return true;
        }

        return false;
    }

    /// <summary>
    /// Goes over to one encoding of the source at its next keyframe, or back to the largest (null). Conversions are made
    /// of the largest, whatever is chosen.
    /// </summary>
    public void Choose(Publication publication, string? encodingId, long now)
    {
        _encodingId = encodingId;
        if (IsPaused || Forwarded.Source is null || Find(publication, Codec).Track is not PacketTrack track) return;
        if (Forwarded.State is ForwardingState.Live or ForwardingState.Bursting)
        {
            Forwarded.AttachNext(track);
            if (track != Forwarded.Source) track.RequestKeyframe();
        }
        else if (track != Forwarded.Source)
        {
            Forwarded.Attach(track, now);
        }
    }

    /// <summary>What is sent next has a time of its own.</summary>
    public void OnPublicationChanged()
    {
        _encodingId = null;
        Forwarded.Detach();
        Stream.PlaceAnew();
    }

    /// <summary>True where that was a change.</summary>
    public bool Pause(bool isPaused)
    {
        if (isPaused == IsPaused) return false;
        IsPaused = isPaused;
        Reason = null;
        if (isPaused) Forwarded.Detach();
        return true;
    }

    public void Dispose() => Forwarded.Dispose();

    void IForwardedTrackListener.OnDeadlineChanged() => _media.OnDeadlineChanged();

    PacketTrack? IForwardedTrackListener.OnGroupTooLong(ForwardedTrack track)
    {
        if (_media.Publication is not { } publication) return track.Source;
        Codec codec = Codec;
        // An encoder of our own gives a keyframe when asked; what is forwarded needs one beside it.
        return IsForwarded(publication, codec) ? publication.Views.FindBridge(codec).Track as PacketTrack : track.Source;
    }

    void IForwardedTrackListener.OnSourceClosed(ForwardedTrack track, CloseReason reason) => _media.OnSourceClosed();

    private Codec Codec => _formats.First(format => format.Rewriter.Parameters == Stream.Parameters).Codec;

    // A choice ends with the codec, and with a source that has no such encoding any more.
    private TrackView Find(Publication publication, Codec codec)
    {
        var shape = new TrackShape(TrackForm.Packets, codec, ForBrowsers: true, EncodingId: _encodingId);
        TrackView view = publication.Views.Find(shape);
        if (view.Track is not null || _encodingId is null) return view;
        _encodingId = null;
        return publication.Views.Find(shape with { EncodingId = null });
    }

    private static bool IsForwarded(Publication publication, Codec codec) =>
        publication.Video is { Format: { } format } video && format.Codec == codec
        && (video.Compatibility.IsCompatible
            || publication.Context.Options.VideoPolicyOf(publication.Room.Name) == VideoPolicy.Drop);

    // What the source cannot be sent as comes last: then at least the reason is known.
    private IEnumerable<ViewerFormat> InOrder(ImmutableArray<Codec> codecs) =>
        _formats.OrderBy(format => (uint)codecs.IndexOf(format.Codec));
}
