using Media;

namespace Rooms.Tracks;

/// <summary>A track as its publisher sends it.</summary>
public sealed class PublishedTrack : FrameTrack
{
    private long _latestPresentation = long.MinValue;
    private TrackFormat? _judged;

    internal PublishedTrack(string id, Publication publication) : base(id, publication)
    {
    }

    public override string ToString() => $"{Publication}/{Id}";

    /// <summary>A frame was shown to reorder, whatever its parameter sets say.</summary>
    public bool ReorderSeen { get; private set; }

    /// <summary>A reordering frame was seen that others refer to: dropping such frames would destroy the picture.</summary>
    public bool ReferencedReorderSeen { get; private set; }

    /// <summary>Can a browser take it as it is? Video only.</summary>
    public BrowserCompatibility Compatibility { get; private set; } = BrowserCompatibility.Unknown;

    internal void Write(in MediaFrame frame)
    {
        if (frame.Format.Kind == MediaKind.Video) Judge(frame);
        TrackFormat? before = Format;
        Dispatch(frame);
        if (!frame.Format.SameAs(before)) Publication.OnTrackChanged(this, isNew: before is null);
    }

    private void Judge(in MediaFrame frame)
    {
        bool reorderNews = NoteOrder(frame);
        if (!reorderNews && ReferenceEquals(_judged, frame.Format)) return;
        _judged = frame.Format;
        BrowserCompatibility verdict = BrowserCompatibility.Of(frame.Format, ReorderSeen);
        if (verdict.Equals(Compatibility)) return;
        bool hadVerdict = Compatibility.IsKnown;
        Compatibility = verdict;
        if (hadVerdict) Publication.Views.OnCompatibilityChanged(this);
    }

    private bool NoteOrder(in MediaFrame frame)
    {
        if (frame.IsKeyframe || frame.PresentationTime >= _latestPresentation)
        {
            _latestPresentation = frame.PresentationTime;
            return false;
        }

        bool news = !ReorderSeen;
        ReorderSeen = true;
        if (!frame.IsDiscardable) ReferencedReorderSeen = true;
        return news;
    }
}
