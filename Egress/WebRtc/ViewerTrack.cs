using System.Collections.Immutable;
using Media;
using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc;

/// <summary>A codec in which a section can be sent, and how.</summary>
internal sealed record ViewerFormat(Codec Codec, RtpRewriter Rewriter);

/// <summary>
/// One section of a viewer: finds the track behind it, in the source's codec where that was agreed on, else converted, and
/// anew whenever that track ends. Loop of the viewer's session, but for what it asks of the publication's.
/// </summary>
internal sealed class ViewerTrack : IForwardedTrackListener, IDisposable
{
    private readonly ViewerMedia _media;
    private readonly ImmutableArray<ViewerFormat> _formats;
    private string? _encodingId;
    private int _question; // the answers to earlier ones are of no use

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

    /// <summary>The publication's loop was asked for a source, and has not answered yet.</summary>
    public bool IsSeeking { get; private set; }

    /// <summary>Takes the source there is, or tells when there is none.</summary>
    public void Seek(Publication publication)
    {
        if (IsPaused || IsSeeking || Forwarded.Source is not null) return;
        IsSeeking = true;
        int question = ++_question;
        string? encodingId = _encodingId;
        _media.Loop.Ask(publication.Loop, () => FindSource(publication, encodingId), found =>
        {
            if (question == _question) OnFound(found);
        });
    }

    /// <summary>
    /// Goes over to one encoding of the source at its next keyframe, or back to the largest (null). Conversions are made
    /// of the largest, whatever is chosen.
    /// </summary>
    public void Choose(Publication publication, string? encodingId)
    {
        _encodingId = encodingId;
        if (IsSeeking)
        {
            ForgetQuestion();
            Seek(publication);
        }

        if (IsPaused || Forwarded.Source is null) return;
        Codec codec = Codec;
        int question = ++_question;
        _media.Loop.Ask(publication.Loop, () => FindSource(publication, codec, encodingId), found =>
        {
            if (question == _question) OnChosen(found);
        });
    }

    /// <summary>What is sent next has a time of its own.</summary>
    public void OnPublicationChanged()
    {
        _encodingId = null;
        Leave();
        Stream.PlaceAnew();
    }

    /// <summary>Sends nothing until there is another source.</summary>
    public void Leave()
    {
        ForgetQuestion();
        Forwarded.Detach();
    }

    /// <summary>True where that was a change.</summary>
    public bool Pause(bool isPaused)
    {
        if (isPaused == IsPaused) return false;
        IsPaused = isPaused;
        Reason = null;
        if (isPaused) Leave();
        return true;
    }

    public void Dispose()
    {
        ForgetQuestion();
        Forwarded.Dispose();
    }

    void IForwardedTrackListener.OnDeadlineChanged() => _media.OnDeadlineChanged();

    void IForwardedTrackListener.OnGroupTooLong(ForwardedTrack track, PacketTrack source)
    {
        if (_media.Publication is not { } publication)
        {
            track.Bridge(source, source, _media.Loop.Now);
            return;
        }

        Codec codec = Codec;
        _media.Loop.Ask(publication.Loop, () => FindBridge(publication, codec), found =>
            track.Bridge(source, found.IsNeeded ? found.Track : source, _media.Loop.Now));
    }

    void IForwardedTrackListener.OnSourceClosed(ForwardedTrack track, CloseReason reason) => _media.OnSourceClosed();

    private Codec Codec => _formats.First(format => format.Rewriter.Parameters == Stream.Parameters).Codec;

    private void ForgetQuestion()
    {
        _question++;
        IsSeeking = false;
    }

    private void OnFound(in FoundSource found)
    {
        IsSeeking = false;
        _encodingId = found.EncodingId;
        Reason = found.Reason;
        if (found is not { Track: { } track, Format: { } format })
        {
            _media.OnNotFound();
            return;
        }

        if (track.Closed is not null)
        {
            _media.OnSourceClosed(); // on the way
            return;
        }

        Stream.Use(format.Rewriter);
        Forwarded.Attach(track, _media.Loop.Now);
        _media.OnFound();
    }

    private void OnChosen(in FoundSource found)
    {
        _encodingId = found.EncodingId;
        if (found.Track is not { Closed: null } track || Forwarded.Source is null) return;
        if (Forwarded.State is ForwardingState.Live or ForwardingState.Bursting)
        {
            Forwarded.AttachNext(track);
            if (track != Forwarded.Source) track.RequestKeyframe();
        }
        else if (track != Forwarded.Source)
        {
            Forwarded.Attach(track, _media.Loop.Now);
        }
    }

    /// <summary>Publication's loop, as are those below.</summary>
    private FoundSource FindSource(Publication publication, string? encodingId)
    {
        string? reason = null;
        foreach (ViewerFormat format in InOrder(SendableCodecs.Of(publication, Kind)))
        {
            FoundSource found = FindSource(publication, format.Codec, encodingId);
            if (found.Track is not null) return found with { Format = format };
            (reason, encodingId) = (reason ?? found.Reason, found.EncodingId);
        }

        return new FoundSource(null, null, reason, encodingId);
    }

    // A choice ends with the codec, and with a source that has no such encoding any more.
    private FoundSource FindSource(Publication publication, Codec codec, string? encodingId)
    {
        var shape = new TrackShape(TrackForm.Packets, codec, ForBrowsers: true, EncodingId: encodingId);
        TrackView view = publication.Views.Find(shape);
        if (view.Track is null && encodingId is not null)
        {
            encodingId = null;
            view = publication.Views.Find(shape with { EncodingId = null });
        }

        return new FoundSource((view.Track as PacketTrack)?.On(_media.Loop), null, view.Reason, encodingId);
    }

    // An encoder of our own gives a keyframe when asked; what is forwarded needs one beside it.
    private (bool IsNeeded, PacketTrack? Track) FindBridge(Publication publication, Codec codec) => IsForwarded(publication, codec)
        ? (true, (publication.Views.FindBridge(codec).Track as PacketTrack)?.On(_media.Loop))
        : (false, null);

    private static bool IsForwarded(Publication publication, Codec codec) =>
        publication.Video is { Format: { } format } video && format.Codec == codec
        && (video.Compatibility.IsCompatible
            || publication.Context.Options.VideoPolicyOf(publication.Room.Name) == VideoPolicy.Drop);

    // What the source cannot be sent as comes last: then at least the reason is known.
    private IEnumerable<ViewerFormat> InOrder(ImmutableArray<Codec> codecs) =>
        _formats.OrderBy(format => (uint)codecs.IndexOf(format.Codec));
}
